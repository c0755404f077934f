//go:build real

package real

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// print has the instance run a shell script that serves nothing.
func (i *instance) print(logs, script string) {
	i.t.Helper()
	i.write("/etc/supervisor/"+i.name+".toml", fmt.Sprintf(
		"[services.web]\ncommand = [\"/bin/sh\", \"-c\", %q]\nlogs = %q\nhandoff.by = \"systemd\"\nready.after = \"100ms\"\n", script, logs))
}

// ticking tells its status, and prints until it is told to end.
const ticking = `trap 'exit 0' TERM; systemd-notify --ready --status="v$SUPERVISOR_GENERATION"; echo "<3>bad $SUPERVISOR_GENERATION"; n=0; while n=$((n+1)); do echo "tick $SUPERVISOR_GENERATION $n"; sleep 0.05; done`

// awaitOutput waits until a command in the bed prints a text.
func (i *instance) awaitOutput(text string, command ...string) string {
	i.t.Helper()
	deadline, again := time.After(patience), time.NewTicker(50*time.Millisecond)
	defer again.Stop()
	for {
		out, _ := i.try(command...)
		if strings.Contains(out, text) {
			return out
		}
		select {
		case <-again.C:
		case <-deadline:
			i.t.Fatalf("%v never prints %q:\n%s", command, text, out)
		}
	}
}

// What a service prints reaches the journal with its priority, and goes on to when the
// supervisor is killed; and the status tells the version that serves.
func TestSystemdJournal(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		i := b.newInstance(t, "web")
		i.print("prefix", ticking)
		i.systemctl("start")
		i.await("StatusText", "web: #1 serves (v1)")
		i.awaitOutput("web #1 | bad 1", "journalctl", "--no-pager", "-o", "cat", "-u", i.unit(), "-p", "err")
		entry := i.must("journalctl", "--no-pager", "-o", "json", "-u", i.unit(), "-g", `tick 1 1$`)
		var line struct{ Priority, Message string }
		if err := json.Unmarshal([]byte(entry), &line); err != nil || line.Priority != "6" || line.Message != "web #1 | tick 1 1" {
			t.Errorf("the journal has %+v (%v)", line, err)
		}
		i.must("systemctl", "kill", "--kill-who=main", "-s", "KILL", i.unit())
		i.await("StatusText", "web: #2 serves (v2)")
		i.awaitOutput("web #2 | bad 2", "journalctl", "--no-pager", "-o", "cat", "-u", i.unit(), "-p", "err")
		// Every line of the one that outlived its supervisor is there, up to its end.
		lines := i.must("journalctl", "--no-pager", "-o", "cat", "-u", i.unit(), "-g", `tick 1 `)
		n := 0
		for line := range strings.Lines(lines) {
			n++
			if want := fmt.Sprintf("web #1 | tick 1 %d\n", n); line != want {
				t.Fatalf("line %d is %q", n, line)
			}
		}
		i.systemctl("stop")
		i.has("Result", "success")
	})
}

// logrotate renames the file and tells the supervisor, as docs/operations.md has it; and
// an instance has a journal of its own with LogNamespace=.
func TestSystemdLogFile(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		i := b.newInstance(t, "web")
		i.print("file:/var/log/web/web.log", ticking)
		i.must("mkdir", "-p", "/var/log/web")
		i.dropIn("[Service]\nReadWritePaths=/var/log/web\nLogNamespace=web\n")
		i.systemctl("start")
		const log = "/var/log/web/web.log"
		i.awaitOutput("tick 1 3", "cat", log)
		i.must("sh", "-ec", `mv "$0" "$0.1"; kill -USR1 "$(cat /run/supervisor/web.pid)"`, log)
		i.awaitOutput("tick 1 ", "cat", log)
		i.systemctl("reload")
		i.awaitOutput("tick 2 3", "cat", log)
		old, fresh := i.must("cat", log+".1"), i.must("cat", log)
		n := 0
		for line := range strings.Lines(old + fresh) {
			var g, k int
			if _, err := fmt.Sscanf(line, "tick %d %d\n", &g, &k); err == nil && g == 1 {
				if n++; k != n {
					t.Fatalf("line %d of the first generation is %q", n, line)
				}
			}
		}
		shown := i.must("supervisor", "logs", "-c", "/etc/supervisor/web.toml", "web")
		if !strings.Contains(shown, "web #1 | tick 1 ") || !strings.Contains(shown, "web #2 | tick 2 1\n") {
			t.Errorf("supervisor logs shows\n%s", shown)
		}
		i.awaitOutput("web #2 serving", "journalctl", "--no-pager", "-o", "cat", "--namespace=web", "-u", i.unit())
		i.systemctl("stop")
		i.has("Result", "success")
		if left, _ := i.try("sh", "-c", "grep -ls supervisor-l[o]gger /proc/[0-9]*/cmdline"); strings.TrimSpace(left) != "" {
			t.Errorf("the logger is left: %s", left)
		}
	})
}
