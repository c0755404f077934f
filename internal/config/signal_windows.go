package config

import "syscall"

// signals are few: Windows has a soft stop and a hard one.
func signals() map[string]syscall.Signal {
	return map[string]syscall.Signal{"TERM": syscall.SIGTERM, "INT": syscall.SIGINT, "KILL": syscall.SIGKILL}
}
