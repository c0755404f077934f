package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// wallClock says which files may look at the time of day, and for what. A clock that jumps
// moves nothing else: time.Now keeps a monotonic reading, by which times are compared and
// timers run, as long as nobody strips it off or makes a time out of numbers.
var wallClock = map[string]string{
	"cmd/supervisor/info.go":        "shown to people",
	"cmd/supervisor/status.go":      "shown to people",
	"internal/telemetry/console.go": "shown to people",
	"internal/browser/proxy.go":     "a name that no earlier run had",
	"internal/control/server.go":    "whether a file is the same as before",
	"internal/succession/keeper.go": "whether a file is the same as before",
	"pkg/listener/stale_unix.go":    "whether a file is the same as before",
	"pkg/watch/file.go":             "whether a file is the same as before; a doubtful one is read",
	"pkg/watch/set.go":              "files changed since the watch began; its own clock is the file system's",
	"pkg/watch/git.go":              "how old git's lock is",
	"pkg/rebuild/looker.go":         "whether a file is the same as before",
	"pkg/rebuild/free_windows.go":   "a copy is as old as the file",
	"pkg/rebuild/store.go":          "shown to people",
	"pkg/rebuild/records.go":        "shown to people, and which artifacts are the oldest",
	"pkg/rebuild/newest.go":         "which files are the oldest",
	"pkg/rebuild/work.go":           "which leftovers are old",
	"internal/terminal/tty_unix.go": "a deadline that is long over",
	"pkg/handoff/worker_packet.go":  "a deadline that is long over",
	"pkg/handoff/conn.go":           "a deadline that is long over",
	"pkg/handoff/receive_unix.go":   "a deadline that is long over",
}

// wall are the names by which the time of day is read, or a monotonic reading lost.
var wall = []string{
	"UnixMilli", "UnixMicro", "UnixNano", "UTC", "Local", "ModTime", "AppendFormat",
	"ParseInLocation", "Gettimeofday", "CLOCK_REALTIME",
}

func TestNothingDependsOnTheTimeOfDay(t *testing.T) {
	seen := map[string]bool{}
	for _, root := range []string{"cmd", "internal", "pkg"} {
		err := filepath.WalkDir(filepath.Join("../..", root), func(path string, d fs.DirEntry, err error) error {
			name := filepath.ToSlash(strings.TrimPrefix(path, "../../"))
			test := strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "internal/load/") || strings.Contains(name, "/testdata/")
			if err != nil || !strings.HasSuffix(name, ".go") || test {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				s, ok := n.(*ast.SelectorExpr)
				if !ok || !slices.Contains(wall, s.Sel.Name) && !inTime(s, "Parse", "Date", "Unix") {
					return true
				}
				if seen[name] = true; wallClock[name] == "" {
					t.Errorf("%s uses %s: what becomes of it when the clock jumps?", name, s.Sel.Name)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name := range wallClock {
		if !seen[name] {
			t.Errorf("%s does not look at the time of day any more", name)
		}
	}
}

// inTime reports whether a selector is a function of package time.
func inTime(s *ast.SelectorExpr, names ...string) bool {
	pkg, ok := s.X.(*ast.Ident)
	return ok && pkg.Name == "time" && slices.Contains(names, s.Sel.Name)
}
