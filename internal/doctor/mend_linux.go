package doctor

const (
	allowLowPorts = `sudo setcap cap_net_bind_service=+ep "$(command -v supervisor)"`
	showAddresses = "ip address"
)
