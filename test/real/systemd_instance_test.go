//go:build real

package real

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// An instance is supervisor@NAME.service in a bed, with one service.
type instance struct {
	*bed
	t    *testing.T
	name string
	addr string
}

// newInstance writes a config, and releases the first version.
func (b *bed) newInstance(t *testing.T, name string) *instance {
	t.Helper()
	i := &instance{b, t, name, free(t)}
	i.configure("http=tcp://" + i.addr)
	i.release()
	t.Cleanup(i.clean)
	return i
}

func (i *instance) clean() {
	if i.t.Failed() {
		status, _ := i.try("systemctl", "status", "--no-pager", "--full", i.unit())
		journal, _ := i.try("journalctl", "--no-pager", "-o", "short-precise", "-u", i.unit())
		i.t.Logf("%s\n%s", status, journal)
	}
	i.try("systemctl", "stop", i.unit())
}

func (i *instance) unit() string { return "supervisor@" + i.name + ".service" }

func (i *instance) configure(listen string) {
	i.t.Helper()
	i.write("/etc/supervisor/"+i.name+".toml", fmt.Sprintf(
		"[services.web]\nlisten = [%q]\ncommand = [\"/srv/%s/web\", \"-http\", %q]\n", listen, i.name, i.addr))
}

// release puts a version in place that works, as all releases should be: by a rename.
func (i *instance) release() { i.install("cp /opt/bin/service web.new") }

// releaseBad puts one in place that exits at once.
func (i *instance) releaseBad() {
	i.install(`printf '#!/bin/sh\necho the disk is on fire >&2\nexit 7\n' >web.new; chmod +x web.new`)
}

func (i *instance) install(how string) {
	i.t.Helper()
	i.must("sh", "-ec", "mkdir -p /srv/"+i.name+"; cd /srv/"+i.name+"; "+how+"; mv web.new web")
}

// dropIn changes the unit.
func (i *instance) dropIn(text string) {
	i.t.Helper()
	i.write("/etc/systemd/system/"+i.unit()+".d/test.conf", text)
	i.must("systemctl", "daemon-reload")
}

func (i *instance) systemctl(verb string) { i.t.Helper(); i.must("systemctl", verb, i.unit()) }

func (i *instance) show(property string) string {
	i.t.Helper()
	return strings.TrimSpace(i.must("systemctl", "show", "--value", "-p", property, i.unit()))
}

// await waits until a property of the unit contains text.
func (i *instance) await(property, text string) {
	i.t.Helper()
	deadline, again := time.After(patience), time.NewTicker(50*time.Millisecond)
	defer again.Stop()
	for {
		got := i.show(property)
		if strings.Contains(got, text) {
			return
		}
		select {
		case <-again.C:
		case <-deadline:
			i.t.Fatalf("%s is %q after %v, want %q", property, got, patience, text)
		}
	}
}

// has checks a property of the unit.
func (i *instance) has(property, want string) {
	i.t.Helper()
	if got := i.show(property); got != want {
		i.t.Errorf("%s is %q, want %q", property, got, want)
	}
}

// logged checks that a line of the journal contains all of the texts.
func (i *instance) logged(texts ...string) {
	i.t.Helper()
	journal := i.must("journalctl", "--no-pager", "-o", "cat", "-u", i.unit())
lines:
	for line := range strings.Lines(journal) {
		for _, text := range texts {
			if !strings.Contains(line, text) {
				continue lines
			}
		}
		return
	}
	i.t.Errorf("no line of the journal has %q:\n%s", texts, journal)
}

// serves checks that somebody answers, and returns who.
func (i *instance) serves() string {
	i.t.Helper()
	text, err := get("http://" + i.addr + "/")
	if err != nil {
		i.t.Fatalf("no answer: %v", err)
	}
	return strings.TrimSpace(text)
}
