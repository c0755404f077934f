package control

const (
	maxPath = 107 // sun_path of unix(7), less its final zero
	runDir  = "/run"
)
