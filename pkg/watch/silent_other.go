//go:build !linux && !darwin && !freebsd

package watch

// silentFileSystem knows none here. Windows passes on the changes that a server tells of.
func silentFileSystem(string) string { return "" }
