//go:build darwin || freebsd

package control

const (
	maxPath = 103 // sun_path of unix(4), less its final zero
	runDir  = "/var/run"
)
