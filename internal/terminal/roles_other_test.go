//go:build !linux

package terminal_test

var roles map[string]func()
