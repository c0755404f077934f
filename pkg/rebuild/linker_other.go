//go:build !linux

package rebuild

const hugelink = ""

// hugePagesOnRequest is for Linux alone.
func hugePagesOnRequest() bool { return false }
