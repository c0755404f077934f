//go:build real

package real

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// With the unit as it is, a service may be another user's: it gets its port, is handed
// off, and outlives a supervisor that is killed.
func TestSystemdServiceUser(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		i := b.newInstance(t, "web")
		i.settings(`user = "nobody"
capabilities = ["net_bind_service"]
limits.nofile = "100:400"
limits.oom = 100`)
		i.systemctl("start")
		l := startLoad(t, i.addr)
		for range 3 {
			i.systemctl("reload")
			l.next(t)
		}
		l.end(t)
		i.isNobodys()
		l = startLoad(t, i.addr)
		i.must("systemctl", "kill", "--kill-whom=main", "-s", "KILL", i.unit())
		l.next(t)
		i.await("StatusText", "#5 serves")
		l.end(t)
		i.isNobodys()

		// What the unit does not allow is said, and changes nothing.
		i.settings("user = \"nobody\"\nlimits.nice = -5")
		if text, code := i.try("systemctl", "reload", i.unit()); code == 0 {
			t.Errorf("a reload with a limit that cannot be set succeeds: %s", text)
		}
		i.logged("cannot set limits.nice to -5: permission denied")
		i.settings("limits.memory = \"100M\"")
		if text, code := i.try("systemctl", "reload", i.unit()); code == 0 {
			t.Errorf("a reload with a limit that cannot be set succeeds: %s", text)
		}
		i.logged("cannot make a control group")
		i.isNobodys()
	})
}

// settings adds lines to the config of the service.
func (i *instance) settings(lines string) {
	i.t.Helper()
	i.write("/etc/supervisor/"+i.name+".toml", fmt.Sprintf(
		"[services.web]\nlisten = [\"http=tcp://%[1]s\"]\ncommand = [\"/srv/%[2]s/web\", \"-http\", %[1]q]\n%[3]s\n", i.addr, i.name, lines))
}

// drained waits until one generation is left.
func (i *instance) drained() {
	i.t.Helper()
	deadline, again := time.After(patience), time.NewTicker(50*time.Millisecond)
	defer again.Stop()
	for strings.Contains(i.show("StatusText"), "drains") {
		select {
		case <-again.C:
		case <-deadline:
			i.t.Fatalf("it still drains after %v: %s", patience, i.show("StatusText"))
		}
	}
}

// isNobodys: who serves belongs to nobody, and has one capability.
func (i *instance) isNobodys() {
	i.t.Helper()
	i.drained()
	_, pid, _ := strings.Cut(i.serves(), "/")
	text := i.must("sh", "-ec", `grep -E '^(Uid|Cap(Eff|Bnd)|NoNewPrivs):' /proc/$0/status`, strings.TrimSpace(pid))
	want := "Uid: 65534 65534 65534 65534 CapEff: 0000000000000400 CapBnd: 0000000000000400 NoNewPrivs: 1"
	if got := strings.Join(strings.Fields(text), " "); got != want {
		i.t.Errorf("process %s is %q, want %q", pid, got, want)
	}
}
