//go:build !linux

package doctor

const (
	allowLowPorts = "sudo supervisor run"
	showAddresses = "ifconfig -a"
)
