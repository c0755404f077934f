//go:build !linux

package adopt

// Connections returns an *UnsupportedError: who has a connection is not to be seen.
func Connections([]Holder) ([]int, error) { return nil, &UnsupportedError{Err: errSystem} }
