package doctor

import "syscall"

func drainNamed(syscall.Signal) string { return "TERM" }
