package main

import "os"

// handled: Windows has Ctrl-C and Ctrl-Break, both os.Interrupt.
func handled() []os.Signal { return []os.Signal{os.Interrupt} }

func actionOf(os.Signal) action { return drainThenKill }

func controlled() bool { return false }

// surviveClosedOutput: a write to a pipe that nobody reads is an error here anyway.
func surviveClosedOutput() {}
