//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// handled are the signals that the supervisor takes, those included that mean
// nothing to it yet and would otherwise end it.
func handled() []os.Signal {
	return []os.Signal{
		syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT,
		syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGTTIN, syscall.SIGTTOU,
	}
}

func newSignals() chan os.Signal { return make(chan os.Signal, 16) }

func actionOf(s os.Signal) action {
	switch s {
	case syscall.SIGHUP:
		return reloadAll
	case syscall.SIGTERM:
		return drainAll
	case syscall.SIGINT:
		return drainThenKill
	case syscall.SIGQUIT:
		return killAll
	case syscall.SIGUSR1:
		return reopenLogs
	case syscall.SIGUSR2:
		return upgradeSelf
	case syscall.SIGTTIN:
		return oneMore
	case syscall.SIGTTOU:
		return oneLess
	}
	return ignored
}

// controlled reports whether this process has a terminal that controls it.
func controlled() bool {
	f, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	f.Close()
	return true
}

// surviveClosedOutput makes a write to a standard output or error that nobody reads
// any more fail, where Go would end the program. It is not ignored: builds would
// inherit that.
func surviveClosedOutput() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }
