//go:build !linux && !darwin && !freebsd

package rebuild

// freeMemory does not know: tools collect garbage as ever.
func freeMemory() uint64 { return 0 }
