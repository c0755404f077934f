//go:build unix

package supervise

func variable(name string) string { return name }
