package proc

import (
	"slices"
	"strconv"
)

// capabilityNames are by number, as linux/capability.h has them, without CAP_.
var capabilityNames = []string{
	"chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap",
	"linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner",
	"sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice",
	"sys_resource", "sys_time", "sys_tty_config", "mknod", "lease", "audit_write", "audit_control", "setfcap",
	"mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf",
	"checkpoint_restore",
}

// CapabilityName is what capabilities(7) calls it, without CAP_ and in lower case.
func CapabilityName(number int) string {
	if number < 0 || number >= len(capabilityNames) {
		return strconv.Itoa(number)
	}
	return capabilityNames[number]
}

// CapabilitySet turns names of capabilities into bits.
func CapabilitySet(names []string) (set uint64, unknown string) {
	for _, name := range names {
		i := slices.Index(capabilityNames, name)
		if i < 0 {
			return 0, name
		}
		set |= 1 << i
	}
	return set, ""
}
