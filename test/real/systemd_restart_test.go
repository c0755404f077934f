//go:build real

package real

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// socketUnit writes the drop-in of the .socket and starts it.
func (i *instance) socketUnit(settings string) {
	i.t.Helper()
	i.write("/etc/systemd/system/supervisor@"+i.name+".socket.d/listen.conf", "[Socket]\n"+settings)
	i.must("systemctl", "daemon-reload")
	i.must("systemctl", "start", "supervisor@"+i.name+".socket")
	i.t.Cleanup(func() { i.try("systemctl", "stop", "supervisor@"+i.name+".socket") })
}

// Sockets of the .socket unit are the config's, by name and by address. The first
// client starts the service, and none is refused while it restarts.
func TestSystemdSocketActivation(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		for name, settings := range map[string]string{
			"name":    "ListenStream=%s\nFileDescriptorName=http\n",
			"address": "ListenStream=%s\n",
		} {
			t.Run(name, func(t *testing.T) {
				i := b.newInstance(t, name)
				if name == "name" {
					// An address of no interface here: it is not opened.
					i.configure("http=tcp://192.0.2.1:1")
				}
				other := free(t)
				i.socketUnit(fmt.Sprintf(settings, i.addr))
				i.write("/etc/systemd/system/other-"+name+".socket", fmt.Sprintf("[Socket]\nListenStream=%s\nService=%s\n", other, i.unit()))
				i.must("systemctl", "daemon-reload")
				i.must("systemctl", "start", "other-"+name+".socket")
				l := startLoad(t, i.addr)
				i.await("ActiveState", "active")
				i.logged("nobody wants the inherited socket", "other-"+name+".socket=tcp://"+other)
				for range 3 {
					i.systemctl("restart")
					l.next(t)
				}
				l.end(t)
				i.has("NRestarts", "0")
			})
		}
	})
}

// A unix socket that systemd made stays where and as it is.
func TestSystemdUnixSocket(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		i := b.newInstance(t, "web")
		const path = "/run/web.sock"
		i.write("/etc/supervisor/web.toml", fmt.Sprintf(
			"[services.web]\nlisten = [\"web=unix://%s?mode=0600\"]\ncommand = [\"/srv/web/web\", \"-unix\", %q]\n", path, path))
		i.socketUnit("ListenStream=" + path + "\nSocketMode=0640\nFileDescriptorName=web\n")
		made := i.must("stat", "-c", "%i %a", path)
		l := startLoadOf(t, load.Config{Load: load.Unix, Address: b.outside(path)})
		for range 2 {
			i.systemctl("restart")
			l.next(t)
		}
		i.systemctl("stop")
		if got := i.must("stat", "-c", "%i %a", path); got != made || !strings.HasSuffix(got, " 640\n") {
			t.Errorf("the socket was %s and is %s", made, got)
		}
		l.end(t)
	})
}

// Without a .socket unit systemd keeps the socket that the supervisor opened.
func TestSystemdRestart(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		i := b.newInstance(t, "web")
		i.systemctl("start")
		i.has("NFileDescriptorStore", "1")
		l := startLoad(t, i.addr)
		for range 3 {
			i.systemctl("restart")
			l.next(t)
		}
		l.end(t)
		i.has("NFileDescriptorStore", "1")
		// An address that is given up is not kept.
		i.addr = free(t)
		i.configure("http=tcp://" + i.addr)
		i.systemctl("reload")
		i.await("StatusText", "web: #2 serves")
		i.serves()
		i.await("NFileDescriptorStore", "1")
		// Nor is one whose path is made anew each time.
		i.write("/etc/supervisor/web.toml", "[services.web]\nlisten = [\"web=unix:///run/supervisor/web\"]\n"+
			"command = [\"/srv/web/web\", \"-unix\", \"/run/supervisor/web\"]\n")
		for range 3 {
			i.systemctl("restart")
			i.has("NFileDescriptorStore", "1")
		}
	})
}

// Killed, it is back at once. Those whose requests its service had are cut off, but
// nobody is refused.
func TestSystemdKilled(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		i := b.newInstance(t, "web")
		i.systemctl("start")
		l := startLoad(t, i.addr)
		for n := range 3 {
			i.must("systemctl", "kill", "--kill-who=main", "-s", "KILL", i.unit())
			l.next(t)
			i.await("NRestarts", fmt.Sprint(n+1))
			i.await("ActiveState", "active")
		}
		r := l.ends(t)
		if n := r.Failures[load.Refused] + r.Failures[load.Timeout]; n > 0 {
			t.Errorf("%d clients were refused", n)
		}
	})
}

// The watchdog is fed by the loop: a supervisor that hangs is killed, with a reason,
// and started again.
func TestSystemdWatchdog(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		i := b.newInstance(t, "web")
		i.dropIn("[Service]\nWatchdogSec=1\n")
		i.systemctl("start")
		started := time.Now()
		i.serves()
		for time.Since(started) < 3*time.Second { // longer than the watchdog waits
			i.has("NRestarts", "0")
		}
		i.must("systemctl", "kill", "--kill-who=main", "-s", fmt.Sprint(int(syscall.SIGSTOP)), i.unit())
		i.await("NRestarts", "1")
		// The service has gone on, and the next supervisor has taken over from it.
		i.await("StatusText", "web: #2 serves")
		i.serves()
		i.logged("Watchdog timeout")
		i.logged("SIGABRT: abort") // and where it was
	})
}

// Lines have the priority that they deserve, so that "journalctl -p err" finds what
// went wrong.
func TestSystemdPriorities(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		i := b.newInstance(t, "web")
		i.systemctl("start")
		i.releaseBad()
		i.try("systemctl", "reload", i.unit())
		journal := func(priority string) string {
			return i.must("journalctl", "--no-pager", "-o", "cat", "-u", i.unit(), "-p", priority, "_COMM=supervisor")
		}
		if got := journal("err..err"); !strings.Contains(got, "exit status 7") {
			t.Errorf("the errors are\n%s", got)
		}
		if got := journal("notice..notice"); !strings.Contains(got, "web #1 serving") {
			t.Errorf("the notices are\n%s", got)
		}
		if got := journal("info..info"); !strings.Contains(got, "\nweb #1 starting\n") {
			t.Errorf("the infos are\n%s", got)
		}
	})
}
