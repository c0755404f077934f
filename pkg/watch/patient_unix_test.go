//go:build unix

package watch

func patiently(change func() error) error { return change() }
