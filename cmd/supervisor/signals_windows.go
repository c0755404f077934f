package main

import "os"

// handled: Windows has Ctrl-C and Ctrl-Break, both os.Interrupt.
func handled() []os.Signal { return []os.Signal{os.Interrupt} }

// newSignals is where the requests of the service manager come as well.
func newSignals() chan os.Signal { return requests }

func actionOf(s os.Signal) action {
	switch s {
	case stopRequest:
		return drainAll
	case reloadRequest:
		return reloadAll
	}
	return drainThenKill
}

func controlled() bool { return false }

// surviveClosedOutput: a write to a pipe that nobody reads is an error here anyway.
func surviveClosedOutput() {}
