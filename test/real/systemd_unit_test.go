//go:build real

package real

import (
	"fmt"
	"strings"
	"testing"
)

func TestSystemdReload(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		i := b.newInstance(t, "web")
		i.systemctl("start")
		first := i.serves()
		i.await("StatusText", "web: #1 serves")
		l := startLoad(t, i.addr)
		i.systemctl("reload")
		if second := i.serves(); second == first {
			t.Errorf("%s still serves", first)
		}
		i.await("StatusText", "web: #2 serves")
		i.has("ActiveState", "active")

		// A bad version is seen: by whoever reloads, in the status, in the journal.
		second := i.serves()
		i.releaseBad()
		text, code := i.try("systemctl", "reload", i.unit())
		if code != 1 || !strings.Contains(text, "failed") {
			t.Errorf("systemctl reload: exit code %d: %s", code, text)
		}
		if got := i.show("ExecReload"); !strings.Contains(got, "status=4") {
			t.Errorf("the exit code of ExecReload= is not 4: %s", got)
		}
		i.await("StatusText", "web: #2 serves, exited: ")
		i.has("ActiveState", "active")
		if got := i.must("systemctl", "status", "--no-pager", "--full", i.unit()); !strings.Contains(got, `Status: "web: #2 serves, exited: `) {
			t.Errorf("systemctl status says\n%s", got)
		}
		i.logged("the disk is on fire")
		i.logged("web", "#3", "exited", "exit status 7", "generation 2 still serves")
		if got := i.serves(); got != second {
			t.Errorf("%s serves, want %s", got, second)
		}

		// So is a bad config.
		i.write("/etc/supervisor/web.toml", "[services.web]\ncomand = [\"x\"]\n")
		if text, code := i.try("systemctl", "reload", i.unit()); code != 1 {
			t.Errorf("systemctl reload: exit code %d: %s", code, text)
		}
		if got := i.show("ExecReload"); !strings.Contains(got, "status=2") {
			t.Errorf("the exit code of ExecReload= is not 2: %s", got)
		}
		i.await("StatusText", "reload refused: ")
		i.logged("comand")

		i.configure("http=tcp://" + i.addr)
		i.release()
		i.systemctl("reload")
		i.await("StatusText", "web: #4 serves")
		l.end(t)
	})
}

// "kill -HUP" is a reload, too: the unit is "reloading" until it is done.
func TestSystemdHangup(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		i := b.newInstance(t, "web")
		i.systemctl("start")
		i.must("systemctl", "kill", "--kill-who=main", "-s", "HUP", i.unit())
		i.await("StatusText", "web: #2 serves")
		i.await("ActiveState", "active")
		i.must("systemctl", "kill", "--kill-who=main", "-s", "HUP", i.unit())
		i.await("StatusText", "web: #3 serves")
		i.systemctl("stop")
		i.has("Result", "success")
	})
}

// With Type=notify-reload, of systemd 253 and later, "systemctl reload" waits for the
// end of the handoff.
func TestSystemdNotifyReload(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		i := b.newInstance(t, "web")
		if !b.knows("notify-reload") {
			return
		}
		i.must("sh", "-ec", `mkdir -p "/etc/systemd/system/$0.d"; cp /opt/deploy/systemd/examples/notify-reload.conf "/etc/systemd/system/$0.d/"; systemctl daemon-reload`, i.unit())
		i.systemctl("start")
		i.has("Type", "notify-reload")
		for n := 2; n < 5; n++ {
			before := i.serves()
			i.systemctl("reload")
			if i.serves() == before {
				t.Error("systemctl reload did not wait")
			}
			i.await("StatusText", fmt.Sprintf("web: #%d serves", n))
		}
		i.releaseBad()
		i.systemctl("reload")
		i.await("StatusText", "web: #4 serves, exited: ")
	})
}

// knows reports whether this systemd has a Type=.
func (b *bed) knows(serviceType string) bool {
	b.write("/run/systemd/system/probe.service", "[Service]\nType="+serviceType+"\nExecStart=/bin/true\n")
	b.must("systemctl", "daemon-reload")
	return strings.TrimSpace(b.must("systemctl", "show", "--value", "-p", "Type", "probe.service")) == serviceType
}

// "systemctl stop" waits for what the service works on.
func TestSystemdStopDrains(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		i := b.newInstance(t, "web")
		i.write("/etc/supervisor/web.toml", fmt.Sprintf(
			"[services.web]\nlisten = [\"http=tcp://%s\"]\ncommand = [\"/opt/bin/webservice\", \"-addr\", %q]\n", i.addr, i.addr))
		i.systemctl("start")
		q := begin(t, i.addr)
		stopped := make(chan string, 1)
		go func() {
			text, code := i.try("systemctl", "stop", i.unit())
			stopped <- fmt.Sprintf("%d %s", code, text)
		}()
		i.await("StatusText", "drains until ")
		i.has("SubState", "stop-sigterm")
		q.finish()
		if got := <-stopped; got != "0 " {
			t.Errorf("systemctl stop: exit code %s", got)
		}
		i.has("Result", "success")
		i.has("ActiveState", "inactive")
	})
}

// A first version that is bad, and a config that is, fail the start.
func TestSystemdStartFails(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		i := b.newInstance(t, "web")
		i.releaseBad()
		i.dropIn("[Service]\nRestart=no\n")
		if text, code := i.try("systemctl", "start", i.unit()); code == 0 {
			t.Errorf("systemctl start: %s", text)
		}
		i.has("ExecMainStatus", "4")
		i.logged("web", "exited", "exit status 7")
		i.write("/etc/supervisor/web.toml", "[services.web\n")
		if text, code := i.try("systemctl", "start", i.unit()); code == 0 {
			t.Errorf("systemctl start: %s", text)
		}
		i.has("ExecMainStatus", "2")
		i.logged("web.toml")

		// It is tried again until it works.
		i.dropIn("[Service]\nRestartSec=100ms\n")
		i.try("systemctl", "start", i.unit())
		i.configure("http=tcp://" + i.addr)
		i.release()
		i.await("ActiveState", "active")
		i.serves()
	})
}

// "supervisor stop" ends it for good.
func TestSystemdSupervisorStop(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		i := b.newInstance(t, "web")
		i.systemctl("start")
		i.must("supervisor", "stop", "-c", "/etc/supervisor/web.toml")
		i.await("ActiveState", "inactive")
		i.has("NRestarts", "0")
	})
}
