//go:build !linux

package footprint

// shedFile is not to be had: the system takes such pages when it needs them.
func shedFile() {}
