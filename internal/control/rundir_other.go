//go:build !linux && !darwin && !freebsd

package control

func runtimeDir(func(string) string, int) (string, error) { return "", unsupported() }

func makePrivate(string) error { return unsupported() }

func checkPrivate(string, int) error { return unsupported() }
