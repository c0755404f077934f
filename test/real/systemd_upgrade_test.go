//go:build real

package real

import (
	"fmt"
	"testing"
)

// The main process of the unit is always the supervisor that is in charge, so that
// "systemctl stop" reaches it and drains.
func TestSystemdUpgrade(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		i := b.newInstance(t, "web")
		i.systemctl("start")
		l := startLoad(t, i.addr)
		for range 2 {
			before := i.show("MainPID")
			// As a package does it: a new file of the same name.
			i.must("sh", "-ec", "cp /opt/bin/supervisor /usr/bin/supervisor.new; mv /usr/bin/supervisor.new /usr/bin/supervisor")
			said := i.must("supervisor", "upgrade", "-c", "/etc/supervisor/web.toml")
			l.next(t)
			i.await("MainPID", pidIn(t, said))
			if after := i.show("MainPID"); after == before {
				t.Errorf("the main process is still %s", before)
			}
			i.has("ActiveState", "active")
			i.has("SubState", "running")
			i.await("StatusText", "serves")
		}
		i.has("NRestarts", "0")
		i.must("supervisor", "reload", "-c", "/etc/supervisor/web.toml")
		l.next(t)
		l.end(t)

		// A bad one changes nothing.
		main := i.show("MainPID")
		i.must("sh", "-ec", `printf '#!/bin/sh\nexit 7\n' >/usr/bin/supervisor.new; chmod +x /usr/bin/supervisor.new; mv /usr/bin/supervisor.new /usr/bin/supervisor`)
		if text, code := i.try("/opt/bin/supervisor", "upgrade", "-c", "/etc/supervisor/web.toml"); code != 4 {
			t.Errorf("upgrade: exit code %d: %s", code, text)
		}
		i.has("MainPID", main)
		i.must("cp", "/opt/bin/supervisor", "/usr/bin/supervisor.new")
		i.must("mv", "/usr/bin/supervisor.new", "/usr/bin/supervisor")

		i.write("/etc/supervisor/web.toml", "[services.web]\nlisten = [\"http=tcp://"+i.addr+"\"]\n"+
			"command = [\"/opt/bin/webservice\", \"-addr\", \""+i.addr+"\"]\n")
		i.must("supervisor", "reload", "-c", "/etc/supervisor/web.toml")
		q := begin(t, i.addr)
		stopped := make(chan int, 1)
		go func() {
			_, code := i.try("systemctl", "stop", i.unit())
			stopped <- code
		}()
		i.await("SubState", "stop-sigterm")
		q.finish()
		if code := <-stopped; code != 0 {
			t.Errorf("systemctl stop: exit code %d", code)
		}
		i.has("Result", "success")
		i.has("ActiveState", "inactive")
	})
}

// pidIn is the PID in the answer of "supervisor upgrade".
func pidIn(t *testing.T, said string) string {
	t.Helper()
	var pid string
	if _, err := fmt.Sscanf(said, "upgraded: supervisor %s has taken over", &pid); err != nil {
		t.Fatalf("upgrade said %q", said)
	}
	return pid
}
