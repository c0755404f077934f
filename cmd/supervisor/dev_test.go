//go:build unix

package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A rule's command runs when its file changes; what it makes is built; the page in
// a browser hears of it, and of a build that fails, and when that is mended.
func TestDevRulesAndPages(t *testing.T) {
	t.Parallel()
	s := newSupervised(t, `
[dev]
browser = "127.0.0.1:0"
[services.web]
listen = ["http=127.0.0.1:0"]
package = "."
[services.web.rules.version]
command = "test -s version.in && { echo package main; echo; cat version.in; } > version.go"
include = ["*.in"]
`, "")
	s.write("go.mod", "module example.com/web\ngo 1.26\n")
	s.write("main.go", `package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
)

func main() {
	l, err := net.FileListener(os.NewFile(3, "http"))
	if err != nil {
		panic(err)
	}
	http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<head></head>", version)
	}))
}
`)
	s.write("version.go", "package main\n\nconst version = \"one\"\n")
	s.start("dev", "-c", "supervisor.toml")
	proxy := strings.TrimSpace(s.await("reload themselves: http://…")[1])
	s.await("web #1 serving")
	if page := s.page(proxy); !strings.Contains(page, "one") || !strings.Contains(page, "/.supervisor/") {
		t.Errorf("the page is %q, want one with the version and the script", page)
	}
	events := s.events(proxy)

	s.mark()
	s.write("version.in", "const version = \"two\"\n")
	s.await("web #2 serving")
	events.await("event: reload")
	s.pageHas(proxy, "two")
	s.write("version.in", "const version = 3\nconst oops\n")
	s.await("generation 2 still serves")
	events.await("version.go")
	if page := s.page(proxy); !strings.Contains(page, "two") {
		t.Errorf("the page is %q", page)
	}
	s.write("version.in", "const version = \"three\"\n")
	events.await("data: []")
	events.await("event: reload")
	s.pageHas(proxy, "three")
	s.write("version.in", "")
	s.await("rule version: cannot run")
	s.stops()
}

// pageHas waits for a page of the new version: the old one may take its time to stop
// accepting, and pages are told to reload all the same.
func (s *supervised) pageHas(address, text string) {
	s.t.Helper()
	s.eventually("the page says "+text, func() bool { return strings.Contains(s.page(address), text) })
}

func (s *supervised) page(address string) string {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, "http://"+address, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Sec-Fetch-Dest", "document")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var page strings.Builder
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		page.WriteString(lines.Text() + "\n")
	}
	return page.String()
}

// events are what the pages hear, as it comes.
func (s *supervised) events(address string) *hears {
	s.t.Helper()
	resp, err := http.Get("http://" + address + "/.supervisor/events")
	if err != nil {
		s.t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	go func() { io.Copy(w, resp.Body); w.Close() }()
	s.t.Cleanup(func() { resp.Body.Close() })
	return &hears{s, read(r)}
}

type hears struct {
	*supervised
	out *output
}

// await waits for text, after what was waited for before.
func (h *hears) await(text string) {
	h.t.Helper()
	m, err := h.out.await(regexp.MustCompile("(?s).*?" + regexp.QuoteMeta(text)))
	if err != nil {
		h.t.Fatalf("%v; the page heard %q", err, h.out.since(0))
	}
	h.out.mu.Lock()
	defer h.out.mu.Unlock()
	h.out.from += len(m[0])
}

// A supervisor that is killed leaves no build and no rule behind, at whatever moment: here
// they kill it themselves, with the first that they do.
func TestDevKilledByWhatItRuns(t *testing.T) {
	for name, ours := range map[string]string{
		"build": "[services.web.build]\noutput = \"web\"\n",
		"rule":  "[services.web.rules.watcher]\npersistent = true\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSupervised(t, "[services.web]\ncommand = [\"./web\"]\n"+ours+
				`command = "echo $$$$ >pid; kill -KILL $$PPID; exec sleep 1000"`, "")
			s.start("dev", "-c", "supervisor.toml")
			s.ends(-1)
			text, err := os.ReadFile(filepath.Join(s.dir, "pid"))
			if err != nil {
				t.Fatal(err)
			}
			pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
			if err != nil {
				t.Fatal(err)
			}
			deadline, again := time.After(patience), time.NewTicker(5*time.Millisecond)
			defer again.Stop()
			for syscall.Kill(pid, 0) != syscall.ESRCH {
				select {
				case <-again.C:
				case <-deadline:
					syscall.Kill(-pid, syscall.SIGKILL)
					t.Fatalf("process %d lives on", pid)
				}
			}
		})
	}
}

// A save of what the config names is a save of the config, from the first one on.
func TestDevEnvFile(t *testing.T) {
	t.Parallel()
	s := newSupervised(t, `
[services.web]
command = ["sh", "-c", "echo word $WORD; exec sleep 1000"]
env_files = [".env"]
handoff.by = "restart"
`, "")
	s.write(".env", "WORD=one\n")
	s.start("dev", "-c", "supervisor.toml")
	s.await("word one")
	s.await("web #1 serving")
	s.write(".env", "WORD=two\n")
	s.await("word two")
	s.stops()
}
