package doctor

// Feature is something that not every platform has.
type Feature struct {
	Name      string `json:"name"`
	Available bool   `json:"available"`
	Detail    string `json:"detail,omitempty"`
	Otherwise string `json:"otherwise,omitempty"` // what follows where it is not available
}

// consequences are all features, in the order in which they are shown, with what
// happens without them.
func consequences() []Feature {
	return []Feature{
		{Name: "pidfd", Otherwise: "processes are signalled by number"},
		{Name: "pidfd_getfd", Otherwise: "sockets cannot be taken back from a service whose supervisor was killed"},
		{Name: "seccomp user notification", Otherwise: "sockets that a service binds for itself cannot be adopted: it is stopped before its next version starts"},
		{Name: "reuseport BPF", Otherwise: "the kernel alone spreads datagrams over workers"},
		{Name: "reuseport eBPF", Otherwise: "adopted services are handed off by classic BPF: no other program may listen where they do, and what waits for a version that crashes while it is tried is lost without net.ipv4.tcp_migrate_req"},
		{Name: "cgroup v2, writable", Otherwise: "no limits of memory and CPU for a service, and its processes are found by their environment"},
		{Name: "inotify", Otherwise: "changes are noticed by this system's own events, or by polling"},
		{Name: "systemd", Otherwise: "no socket activation; something else has to start the supervisor at boot"},
		{Name: "systemd's fd store", Otherwise: "sockets do not survive the end of the supervisor"},
	}
}

// probed is what one probe found out.
type probed struct {
	available bool
	detail    string
}

func features(found map[string]probed) []Feature {
	all := consequences()
	for i, f := range all {
		p := found[f.Name]
		all[i].Available, all[i].Detail = p.available, p.detail
		if p.available {
			all[i].Otherwise = ""
		}
	}
	return all
}
