//go:build real

package real

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// privileged is a service of the user nobody behind a port that only root may open.
const privileged = `[services.web]
listen = ["http=tcp://%[1]s"]
command = [%[2]q, "-http", %[1]q]
user = "nobody"
group = "daemon"
umask = "0027"
capabilities = ["net_bind_service"]

[services.web.limits]
nofile = %[3]s
nproc = 5000
core = 0
nice = 3
io = "best-effort:6"
oom = 321
memory = "256M"
cpu = "150%%"
`

// lowPort is an address below 1024 on which nothing listens.
func lowPort(t *testing.T, host string) string {
	t.Helper()
	for port := 1023; port > 512; port-- {
		addr := fmt.Sprintf("%s:%d", host, port)
		if l, err := listen(addr); err == nil {
			l.Close()
			return addr
		}
	}
	t.Fatal("no port below 1024 is free")
	return ""
}

// The supervisor is root and holds port 80, or one like it; the service is nobody, and
// has what the config says, no more: over 20 handoffs no request fails.
func TestPrivileges(t *testing.T) {
	t.Parallel()
	r := newRunning(t)
	addr := lowPort(t, "127.0.0.7")
	r.manage()
	r.env = append(r.env, "WATCHDOG_USEC=1000000000", "CREDENTIALS_DIRECTORY=/secret",
		"LISTEN_FDNAMES=secret", "HOME=/root", "SUDO_USER=me")
	r.write("supervisor.toml", fmt.Sprintf(privileged, addr, program("service"), "400"))
	before := groupsLeft(t, "")
	r.start(program("supervisor"), "run")
	r.await("web #1 serving")
	first := r.status().Generations[0].Processes[0].PID
	r.isPrivileged(first)
	fds := r.openBy(r.cmd.Process.Pid)
	l := startLoad(t, addr)
	for n := range 20 {
		r.reloads(0, fmt.Sprintf("web: promoted generation %d", n+2))
		l.next(t)
	}
	l.end(t)
	last := r.status()
	pid := last.Generations[len(last.Generations)-1].Processes[0].PID
	r.isPrivileged(pid)
	r.drained()
	if now := r.openBy(r.cmd.Process.Pid); len(now) > len(fds)+1 { // one for who asks
		t.Errorf("the supervisor has %d descriptors open after 20 handoffs, and had %d:\n%v\n%v", len(now), len(fds), fds, now)
	}

	// What cannot be set is said before anything has changed.
	r.write("supervisor.toml", fmt.Sprintf(privileged, addr, program("service"), "4000000000"))
	l = startLoad(t, addr)
	want := "cannot start " + program("service") + ": cannot set limits.nofile to 4000000000: operation not permitted"
	r.reloads(4, want)
	l.end(t)
	if st := r.status(); len(st.Generations) != 1 || st.Generations[0].Processes[0].PID != pid {
		t.Errorf("another one serves: %+v", st)
	}
	r.write("supervisor.toml", strings.Replace(fmt.Sprintf(privileged, addr, program("service"), "400"), `"nobody"`, `"nobdy"`, 1))
	r.reloads(2, `supervisor.toml:4: services.web.user: there is no user "nobdy"`)
	r.isPrivileged(pid)
	r.stops()
	if left := groupsLeft(t, ""); len(left) > len(before) {
		t.Errorf("control groups are left: %v", left)
	}
}

// manage takes what the supervisor has to say to who manages it.
func (r *running) manage() {
	r.t.Helper()
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: r.path("manager"), Net: "unixgram"})
	if err != nil {
		r.t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); io.Copy(io.Discard, c) }()
	r.t.Cleanup(func() { c.Close(); <-done })
	r.env = append(r.env, "NOTIFY_SOCKET="+r.path("manager"))
}

// isPrivileged looks at all that the kernel says of a process of the service.
func (r *running) isPrivileged(pid int) {
	r.t.Helper()
	daemon := "1"
	const bindService = "0000000000000400"
	for key, want := range map[string]string{
		"Uid": "65534 65534 65534 65534", "Gid": strings.Join([]string{daemon, daemon, daemon, daemon}, " "),
		"Groups": daemon + " 65534", "Umask": "0027", "NoNewPrivs": "1",
		"CapEff": bindService, "CapPrm": bindService, "CapInh": bindService, "CapBnd": bindService, "CapAmb": bindService,
	} {
		if got := r.statusField(pid, key); got != want {
			r.t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	for key, want := range map[string]string{"Max open files": "400:400", "Max processes": "5000:5000", "Max core file size": "0:0"} {
		if got := r.limitOf(pid, key); got != want {
			r.t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if got := r.procFile(pid, "oom_score_adj"); got != "321" {
		r.t.Errorf("the OOM score is %s", got)
	}
	stat := r.procFile(pid, "stat")
	if fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:]); fields[16] != "3" { // field 19 of all
		r.t.Errorf("nice is %s", fields[16])
	}
	r.isLimited(pid)
	r.hasOnlyItsOwn(pid)
}

// isLimited finds the control groups of a process, and what they allow.
func (r *running) isLimited(pid int) {
	r.t.Helper()
	found := map[string]string{}
	for line := range strings.Lines(r.procFile(pid, "cgroup")) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) == 3 && strings.HasPrefix(filepath.Base(parts[2]), "supervisor-") {
			found[parts[1]] = parts[2]
		}
	}
	for controller, limits := range map[string][2]struct{ file, want string }{ // by version
		"memory": {{"memory.limit_in_bytes", "268435456"}, {"memory.max", "268435456"}},
		"cpu":    {{"cpu.cfs_quota_us", "150000"}, {"cpu.max", "150000 100000"}},
	} {
		dir, version := hierarchy(r.t, controller)
		limit, group := limits[version-1], found[controller]
		if version == 2 {
			group = found[""]
		}
		if group == "" {
			r.t.Errorf("there is no control group for %s: %v", controller, found)
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, filepath.Base(filepath.Dir(group)), filepath.Base(group), limit.file))
		if errors.Is(err, fs.ErrNotExist) {
			text, err = os.ReadFile(filepath.Join(dir, group, limit.file))
		}
		if err != nil || strings.TrimSpace(string(text)) != limit.want {
			r.t.Errorf("%s is %q, %v, want %s", limit.file, text, err, limit.want)
		}
	}
}

// hasOnlyItsOwn: its descriptors are its standard ones, its socket, and what it has
// opened itself; its environment has nothing that was meant for the supervisor.
func (r *running) hasOnlyItsOwn(pid int) {
	r.t.Helper()
	for fd, to := range r.openBy(pid) {
		own := strings.HasPrefix(to, "anon_inode:[event") || strings.HasPrefix(to, "/sys/fs/cgroup/") // of the Go runtime
		if fd > 3 && !own && !strings.HasPrefix(to, "socket:") {
			r.t.Errorf("descriptor %d is %s", fd, to)
		}
	}
	var names []string
	env := map[string]string{}
	for kv := range strings.SplitSeq(strings.TrimSuffix(r.procFile(pid, "environ"), "\x00"), "\x00") {
		key, value, _ := strings.Cut(kv, "=")
		if env[key] != "" {
			r.t.Errorf("%s is there twice", key)
		}
		env[key] = value
		names = append(names, key)
	}
	for key, want := range map[string]string{
		"HOME": "/nonexistent", "USER": "nobody", "LOGNAME": "nobody", "SHELL": "/usr/sbin/nologin",
		"LISTEN_PID": strconv.Itoa(pid), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "http", "SUPERVISOR_SERVICE": "web",
	} {
		if env[key] != want {
			r.t.Errorf("%s is %q, want %q", key, env[key], want)
		}
	}
	for _, key := range []string{"CREDENTIALS_DIRECTORY", "WATCHDOG_USEC", "WATCHDOG_PID", "SUDO_USER", "TABLEFLIP_HAS_PARENT_7DIU3"} {
		if slices.Contains(names, key) {
			r.t.Errorf("%s has reached it", key)
		}
	}
	if env["NOTIFY_SOCKET"] == "" || env["NOTIFY_SOCKET"] == r.path("manager") {
		r.t.Errorf("NOTIFY_SOCKET is %q", env["NOTIFY_SOCKET"])
	}
	if info, err := os.Stat(env["NOTIFY_SOCKET"]); err != nil || info.Mode().Perm() != 0o600 {
		r.t.Errorf("the notify socket: %v, %v", info, err)
	}
	// A stream does not fit either, but that is found out by who may get so far.
	for uid, want := range map[uint32]string{stranger: "permission denied", nobody: "wrong type"} {
		if text, _ := r.as(uid, "/proc/self/exe", "dial", env["NOTIFY_SOCKET"]); !strings.Contains(text, want) {
			r.t.Errorf("user %d and the notify socket: %q, want %q", uid, text, want)
		}
	}
}

// A program that opens nothing itself shows exactly what it is given.
func TestPrivilegesOfAPlainProgram(t *testing.T) {
	t.Parallel()
	r := newRunning(t)
	r.manage()
	notify := r.env[len(r.env)-1]
	r.env = []string{"PATH=/usr/bin:/bin", "SUPERVISOR_CONTROL=" + r.path("control"), notify, "KEPT=1", "WATCHDOG_USEC=1000000000",
		"CREDENTIALS_DIRECTORY=/secret", "SUDO_USER=me", "HOME=/root", "SHELL=/bin/false", "XDG_CACHE_HOME=" + r.path("cache")}
	addr := lowPort(t, "127.0.0.8")
	r.write("supervisor.toml", fmt.Sprintf(`[services.web]
listen = [%q]
command = ["sleep", "1000"]
env = { OWN = "2" }
user = "nobody"
ready.by = "alive"
ready.after = "1ms"
`, addr))
	r.start(program("supervisor"), "run")
	r.await("web #1 serving")
	for n := range 3 {
		r.reloads(0, fmt.Sprintf("web: promoted generation %d", n+2))
	}
	r.drained()
	pid := r.status().Generations[0].Processes[0].PID
	fds := r.openBy(pid)
	if len(fds) != 4 || fds[0] != "/dev/null" || fds[1] != fds[2] || !strings.HasPrefix(fds[1], "pipe:") || !strings.HasPrefix(fds[3], "socket:") {
		t.Errorf("its descriptors are %v", fds)
	}
	var got []string
	for kv := range strings.SplitSeq(strings.TrimSuffix(r.procFile(pid, "environ"), "\x00"), "\x00") {
		key, value, _ := strings.Cut(kv, "=")
		if key == "NOTIFY_SOCKET" || key == "SUPERVISOR_PROCESS" {
			value = ""
		}
		got = append(got, key+"="+value)
	}
	want := []string{
		"DRAIN_TIMEOUT_USEC=30000000", "FDSTORE=200", "HOME=/nonexistent", "KEPT=1", "LISTEN_FDNAMES=socket0", "LISTEN_FDS=1", "LISTEN_PID=" + strconv.Itoa(pid),
		"LOGNAME=nobody", "NGINX=3;", "NOTIFY_SOCKET=", "OWN=2", "PATH=/usr/bin:/bin",
		"SERVER_STARTER_GENERATION=4", "SERVER_STARTER_PORT=" + strings.TrimPrefix(addr, "tcp://") + "=3", "SHELL=/usr/sbin/nologin", "SUPERVISOR_CONTROL=" + r.path("control"),
		"SUPERVISOR_GENERATION=4", "SUPERVISOR_PROCESS=", "SUPERVISOR_SERVICE=web", "USER=nobody",
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("its environment is\n%q, want\n%q", got, want)
	}
	r.stops()
}

// What root builds the service's user may execute, whatever the umask.
func TestPrivilegesOfABuild(t *testing.T) {
	t.Parallel()
	r := newRunning(t)
	addr := lowPort(t, "127.0.0.9")
	if err := os.Mkdir(r.path("cache"), 0o755); err != nil {
		t.Fatal(err)
	}
	r.write("supervisor.toml", fmt.Sprintf(`[services.web]
listen = ["http=tcp://%[1]s"]
args = ["-http", %[1]q]
user = "nobody"
[services.web.build]
command = "cp %[2]s ./web"
output = "web"
`, addr, program("service")))
	r.start("/bin/sh", "-c", `umask 077; exec "$0" run`, program("supervisor"))
	r.await("web #1 serving")
	pid := r.status().Generations[0].Processes[0].PID
	if got := r.statusField(pid, "Uid"); got != "65534 65534 65534 65534" {
		t.Errorf("it runs as %s", got)
	}
	exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil || !strings.HasPrefix(exe, r.path("cache")) {
		t.Errorf("it runs %s, %v", exe, err)
	}
	r.reloads(0, "web: promoted generation 2")
	r.stops()
}

// Who is not root cannot give a service another user, and hears so.
func TestPrivilegesWithout(t *testing.T) {
	t.Parallel()
	r := newRunning(t)
	if err := os.Chown(r.dir, stranger, stranger); err != nil {
		t.Fatal(err)
	}
	r.user = stranger
	r.write("supervisor.toml", fmt.Sprintf("[services.web]\nlisten = [\"127.0.0.1:0\"]\ncommand = [%q]\nuser = \"nobody\"\n", program("service")))
	r.start(program("supervisor"), "run")
	r.await("cannot give user nobody its notify socket")
	r.ends(4)
}
