package house

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/seed-27ba25bb/supervisor/"

// rooms says which other rooms each one may import. What is not listed may import
// none.
var rooms = map[string][]string{
	"cmd/supervisor": {
		"internal/config", "internal/control", "internal/telemetry", "internal/supervise", "internal/lifecycle",
		"internal/logger",                   // what outlives it, to write what services print
		"internal/succession",               // what a killed supervisor left
		"internal/systemd",                  // what manages the supervisor itself
		"internal/dev", "internal/terminal", // what only dev does
		"internal/air", "internal/doctor", "internal/prove", // verbs of their own
		"internal/verify",
		"internal/proc",                                           // the entry of the guardian
		"internal/footprint",                                      // once everything runs
		"internal/cgroup",                                         // what a service is limited by
		"internal/adopt",                                          // what a supervisor leaves of it to the next
		"pkg/handoff", "pkg/listener", "pkg/rebuild", "pkg/watch", // main packages, the files of the config
	},
	"internal/proc":      {"internal/nofile", "internal/footprint"},
	"internal/config":    {"internal/proc", "internal/verify", "pkg/handoff", "pkg/listener"},
	"internal/control":   {"internal/lifecycle"},
	"internal/telemetry": {"internal/lifecycle"},
	"internal/dev": {
		"internal/rules", "internal/assets", "internal/browser", "internal/config", "internal/supervise",
		"pkg/watch", "pkg/rebuild", "pkg/listener",
	},
	"internal/succession": {"internal/lifecycle", "internal/proc", "internal/supervise", "pkg/listener", "pkg/rebuild"},
	"internal/rules":      {"pkg/watch", "pkg/rebuild"},
	"internal/doctor": {
		"internal/config", "internal/control", "pkg/listener", "pkg/watch",
		"internal/supervise", "internal/adopt", "internal/proc", "pkg/handoff", // the trial
	},
	"internal/prove": {"internal/control", "internal/lifecycle", "internal/load"},
	"internal/supervise": {
		"internal/lifecycle", "internal/proc", "internal/probe", "internal/adopt", "internal/relay", "internal/cgroup", "internal/verify",
		"pkg/watch", "pkg/rebuild", "pkg/handoff", "pkg/listener",
	},
	"internal/logger":  {"internal/proc", "internal/telemetry", "internal/footprint"},
	"internal/systemd": {"internal/control", "pkg/listener"},
	"pkg/handoff":      {"pkg/listener"},
	"internal/probe":   {"internal/job"}, // on Windows, where these tests do not look
	"pkg/rebuild":      {"internal/job"}, // likewise

	"examples/webservice": {"examples/webservice/handler", "pkg/handoff"},
	"test/e2e/service":    {"pkg/handoff"},
	"test/bench":          {"internal/load"},
	"test/bench/service":  {"pkg/handoff"},
	"test/bench/devloop":  {"pkg/rebuild", "internal/load", "test/bench/plot"},
	"test/bench/page":     {"test/bench/plot"},

	"test/bench/upgrades":         {"internal/load", "test/bench/plot"},
	"test/bench/upgrades/service": {"pkg/handoff"},
}

// libraries says which rooms may import a library of weight.
var libraries = map[string][]string{
	"github.com/fsnotify/fsnotify":     {"pkg/watch"},
	"github.com/Microsoft/go-winio":    {"internal/control", "pkg/handoff"}, // on Windows, where these tests do not look
	"github.com/pires/go-proxyproto":   {"internal/relay", "test/e2e/ported"},
	"github.com/knadh/koanf":           {"internal/config"},
	"github.com/cloudflare/tableflip":  {"pkg/handoff", "test/bench/upgrades/service"},
	"github.com/evanw/esbuild":         {"internal/assets"},
	"github.com/pelletier/go-toml/v2":  {"internal/config", "internal/air"},
	"github.com/rs/zerolog":            {"internal/telemetry", "cmd/supervisor"},
	"github.com/spf13/cobra":           {"cmd/supervisor"},
	"github.com/bmatcuk/doublestar/v4": {"pkg/watch"},
	"github.com/coreos/go-systemd":     {"internal/systemd"},
	"github.com/cilium/ebpf":           {"internal/adopt"},
	"github.com/jedisct1/go-minisign":  {"internal/verify"},
	"github.com/coder/websocket":       {"examples/webservice", "internal/load", "test/e2e/service", "test/e2e/ported"},
}

type listed struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

// room is the place of a package in the house, "" outside.
func (p listed) room() string {
	room, ok := strings.CutPrefix(p.ImportPath, module)
	if !ok {
		return ""
	}
	return room
}

func packages(t *testing.T) (all []listed) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Standard", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 10 {
		t.Fatalf("only %d packages found", len(all))
	}
	return all
}

func TestRooms(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if room := (listed{ImportPath: imported}).room(); room != "" && !slices.Contains(rooms[p.room()], room) {
				t.Errorf("%s imports %s: the house has no such door", p.room(), room)
			}
		}
	}
}

func TestLibraries(t *testing.T) {
	for _, p := range packages(t) {
		for library, may := range libraries {
			uses := slices.ContainsFunc(p.Imports, func(i string) bool { return i == library || strings.HasPrefix(i, library+"/") })
			if uses && !slices.Contains(may, p.room()) {
				t.Errorf("%s imports %s, which belongs to %v", p.room(), library, may)
			}
		}
	}
}

// What others may import stays light: the standard library, x/sys and the few
// libraries named here.
func TestPublicPackagesAreLight(t *testing.T) {
	allowed := []string{"golang.org/x/", "github.com/fsnotify/", "github.com/bmatcuk/doublestar/", "github.com/cloudflare/tableflip", "github.com/Microsoft/go-winio"}
	for _, p := range packages(t) {
		if !strings.HasPrefix(p.room(), "pkg/") {
			continue
		}
		for _, imported := range p.Imports {
			foreign := strings.Contains(strings.Split(imported, "/")[0], ".") && !strings.HasPrefix(imported, module)
			if foreign && !slices.ContainsFunc(allowed, func(a string) bool { return strings.HasPrefix(imported, a) }) {
				t.Errorf("%s imports %s", p.room(), imported)
			}
		}
	}
}

// lifecycle decides and nothing else: it may not even see a process.
func TestLifecycleIsPure(t *testing.T) {
	for _, p := range packages(t) {
		if p.room() != "internal/lifecycle" {
			continue
		}
		for _, imported := range p.Imports {
			if !slices.Contains([]string{"fmt", "slices", "time", "errors", "cmp", "maps"}, imported) {
				t.Errorf("internal/lifecycle imports %s", imported)
			}
		}
	}
}
