//go:build !startagain

package proc

import (
	"bufio"
	"errors"
	"os"
	"os/user"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// root reports whether the tests may change users. If not, they look at the error that
// says so instead.
func root() bool { return os.Geteuid() == 0 }

func nobody(t *testing.T) *User {
	t.Helper()
	u, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return &User{Name: "nobody", UID: uid, GID: gid, Groups: []int{gid, 12345}}
}

// statusOf reads fields as /proc/PID/status has them.
func statusOf(t *testing.T, out *bufio.Reader) map[string]string {
	t.Helper()
	all := map[string]string{}
	for {
		key, value, found := strings.Cut(line(t, out), ":")
		if !found {
			return all
		}
		all[key] = strings.Join(strings.Fields(value), " ")
	}
}

const tellStatus = "cat /proc/$$/status; echo"

// cannot checks that a process does not start, and why.
func cannot(t *testing.T, s Settings, want string) {
	t.Helper()
	var l Launcher
	fds := openFDs(t)
	p, err := l.Start(t.Context(), Spec{Path: "/bin/true", Args: []string{"true"}, Stdin: 0, Stdout: 1, Stderr: 2, Settings: s})
	if err == nil {
		p.Wait()
		t.Fatal("it has started")
	}
	if got := err.Error(); got != "cannot start /bin/true: "+want {
		t.Errorf("got  %s\nwant cannot start /bin/true: %s", got, want)
	}
	if now := openFDs(t); now != fds {
		t.Errorf("%d descriptors are open, %d were", now, fds)
	}
}

func TestUser(t *testing.T) {
	s := Settings{User: nobody(t), NoNewPrivileges: true}
	if !root() {
		cannot(t, s, "cannot set the groups of user nobody: operation not permitted")
		return
	}
	var l Launcher
	p, out := start(t, &l, Spec{Settings: s}, tellStatus)
	got := statusOf(t, out)
	uid, gid := strconv.Itoa(s.User.UID), strconv.Itoa(s.User.GID)
	none := strings.Repeat("0", 16)
	for key, want := range map[string]string{
		"Uid": strings.Join([]string{uid, uid, uid, uid}, " "), "Gid": strings.Join([]string{gid, gid, gid, gid}, " "),
		"Groups": "12345 " + gid, "NoNewPrivs": "1",
		"CapEff": none, "CapPrm": none, "CapInh": none, "CapAmb": none,
	} {
		if got[key] != want {
			t.Errorf("%s is %q, want %q", key, got[key], want)
		}
	}
	if exit := p.Wait(); exit.Code != 0 {
		t.Error(exit)
	}
	// What a child does to its user must not be done to us.
	if dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); err != nil || dumpable != 1 {
		t.Errorf("this program's PR_GET_DUMPABLE is %d, %v", dumpable, err)
	}
	if os.Geteuid() != 0 || os.Getegid() != 0 {
		t.Errorf("this program runs as %d:%d", os.Geteuid(), os.Getegid())
	}
}

// Who has no right to change users may name the one that he is.
func TestOwnUser(t *testing.T) {
	groups, err := os.Getgroups()
	if err != nil {
		t.Fatal(err)
	}
	var l Launcher
	p, out := start(t, &l, Spec{Settings: Settings{User: &User{Name: "me", UID: os.Getuid(), GID: os.Getgid(), Groups: groups}}}, "id -u")
	if got := line(t, out); got != strconv.Itoa(os.Getuid()) {
		t.Errorf("it is user %s", got)
	}
	p.Wait()
}

func TestCapabilities(t *testing.T) {
	bits, _ := CapabilitySet([]string{"net_bind_service", "kill"})
	set := func(bits uint64) string { return strings.Repeat("0", 13) + strconv.FormatUint(bits, 16) }
	for name, s := range map[string]Settings{
		"another user": {User: nobody(t), Capabilities: &bits},
		"root":         {Capabilities: &bits},
		"none at all":  {User: nobody(t), Capabilities: new(uint64(0))},
	} {
		t.Run(name, func(t *testing.T) {
			if !root() {
				cannot(t, s, "cannot give up capability chown for good: operation not permitted")
				return
			}
			var l Launcher
			p, out := start(t, &l, Spec{Settings: s}, tellStatus)
			got := statusOf(t, out)
			want := set(*s.Capabilities)
			if *s.Capabilities == 0 {
				want = strings.Repeat("0", 16)
			}
			for _, key := range []string{"CapEff", "CapPrm", "CapBnd", "CapAmb", "CapInh"} {
				if got[key] != want {
					t.Errorf("%s is %s, want %s", key, got[key], want)
				}
			}
			p.Wait()
		})
	}
}

// The user that a process becomes is the one who enters the directory, and who executes.
func TestUserIsKeptOut(t *testing.T) {
	if !root() {
		t.Log("as root, this test would have a process of another user enter a closed directory")
		cannot(t, Settings{User: nobody(t)}, "cannot set the groups of user nobody: operation not permitted")
		return
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	var l Launcher
	_, err := l.Start(t.Context(), Spec{Path: "/bin/true", Args: []string{"true"}, Stdout: 1, Stderr: 2, Dir: dir, Settings: Settings{User: nobody(t)}})
	if want := "cannot start /bin/true: cannot change to " + dir + ": permission denied"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	cannot(t, Settings{User: nobody(t), Writes: []string{dir + "/x"}}, "cannot write to "+dir+"/x as user nobody: permission denied")
}

func TestResources(t *testing.T) {
	s := Settings{Resources: []Resource{
		{"nofile", 100, 200}, {"nproc", 301, 302}, {"core", 0, 0}, {"memlock", 4096, 8192},
		{"stack", 1 << 20, 2 << 20}, {"as", 1 << 40, Unlimited}, {"data", 1 << 39, 1 << 40}, {"fsize", 1 << 30, 1 << 31},
	}}
	var l Launcher
	p, out := start(t, &l, Spec{Settings: s}, "cat /proc/$$/limits; echo")
	got := map[string]string{}
	for {
		text := line(t, out)
		if text == "" {
			break
		}
		if fields := strings.Fields(text[min(len(text), 26):]); len(fields) >= 2 {
			got[strings.TrimSpace(text[:26])] = fields[0] + ":" + fields[1]
		}
	}
	for name, want := range map[string]string{
		"Max open files": "100:200", "Max processes": "301:302", "Max core file size": "0:0",
		"Max locked memory": "4096:8192", "Max stack size": "1048576:2097152", "Max address space": "1099511627776:unlimited",
		"Max data size": "549755813888:1099511627776", "Max file size": "1073741824:2147483648",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	p.Wait()
	// Not even root may have more open files than fs.nr_open.
	cannot(t, Settings{Resources: []Resource{{"nofile", 1 << 40, 1 << 40}}}, "cannot set limits.nofile to 1099511627776: operation not permitted")
	cannot(t, Settings{Resources: []Resource{{"nofile", 1, Unlimited}}}, "cannot set limits.nofile to 1:unlimited: operation not permitted")
	cannot(t, Settings{Resources: []Resource{{"rss", 1, 1}}}, "cannot set limits.rss to 1: invalid argument")
}

func TestRank(t *testing.T) {
	s := Settings{Nice: new(7), IO: &IO{Class: BestEffort, Level: 6}, OOM: new(444), Umask: new(0o037)}
	var l Launcher
	own, err := os.ReadFile("/proc/self/oom_score_adj")
	if err != nil {
		t.Fatal(err)
	}
	p, out := start(t, &l, Spec{Settings: s}, `nice; ionice -p $$; cat /proc/$$/oom_score_adj; umask; read x`)
	for _, want := range []string{"7", "best-effort: prio 6", "444", "0037"} {
		if got := line(t, out); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	p.Wait()
	if now, err := os.ReadFile("/proc/self/oom_score_adj"); err != nil || string(now) != string(own) {
		t.Errorf("the score of this program is %q now, and was %q", now, own)
	}
	if !root() {
		cannot(t, Settings{Nice: new(-20)}, "cannot set limits.nice to -20: permission denied")
		cannot(t, Settings{OOM: new(-1000)}, "cannot set limits.oom to -1000: permission denied")
		cannot(t, Settings{IO: &IO{Class: Realtime}}, "cannot set limits.io: operation not permitted")
	}
	cannot(t, Settings{OOM: new(1001)}, "cannot set limits.oom to 1001: invalid argument")
	cannot(t, Settings{Join: []int{-1}}, "cannot join a control group: bad file descriptor")
}

// A trap is there also for a process of another user that may gain no privileges.
func TestTrapOfAnotherUser(t *testing.T) {
	if !root() {
		cannot(t, Settings{User: nobody(t)}, "cannot set the groups of user nobody: operation not permitted")
		return
	}
	var l Launcher
	p, out := start(t, &l, Spec{Trap: true, Settings: Settings{User: nobody(t), NoNewPrivileges: true}}, "id -u")
	if got := line(t, out); got != strconv.Itoa(nobody(t).UID) {
		t.Errorf("it is user %s", got)
	}
	p.Wait()
	file, err := p.Trap()
	if file == nil || err != nil {
		t.Fatalf("nothing is trapped: %v", err)
	}
	file.Close()
}

// What a system lacks is refused by name, and before anything starts.
func TestUnsupported(t *testing.T) {
	for want, s := range map[string]Settings{
		"umask": {Umask: new(0)}, "no_new_privs": {NoNewPrivileges: true}, "capabilities": {Capabilities: new(uint64(0))},
		"limits.nice": {Nice: new(0)}, "limits.io": {IO: &IO{}}, "limits.oom": {OOM: new(0)},
		"limits.core": {Resources: []Resource{{Name: "core"}}}, "limits.memory": {Tree: Tree{Memory: 1}}, "limits.cpu": {Tree: Tree{CPU: 1}},
	} {
		err := s.only()
		if !errors.Is(err, errors.ErrUnsupported) || err.Error() != "cannot set "+want+": this system has no such setting" {
			t.Errorf("%s: %v", want, err)
		}
	}
	if err := (Settings{User: &User{}}).only(); err != nil {
		t.Error(err)
	}
}
