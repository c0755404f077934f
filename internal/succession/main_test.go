package succession

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

// TestMain makes the test binary a supervisor that writes until it is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv("SUCCESSION_WRITE"); path != "" {
		for n := 1; ; n++ {
			if _, err := write(path, encoded(sized(n))); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			if n == 1 {
				fmt.Println("begun")
			}
		}
	}
	os.Exit(m.Run())
}

// gonePID is a supervisor that there is none of.
var gonePID = proc.Identity{PID: 1 << 22, Start: 1}

func sample() Record {
	boot, _ := proc.Boot()
	return Record{
		Version: version, Boot: boot, Supervisor: gonePID, Family: "a family of its own",
		Sockets: []Socket{{"key", "tcp://:80", 1234}},
		Services: []Service{{
			Name: "web", Last: 7, LastProcess: 9,
			Generations: []Generation{{
				Number: 7, Phase: lifecycle.Serving, Signal: 15, DrainTimeout: time.Second, Listens: true,
				Processes: []Process{{Identity: proc.Identity{PID: 1 << 22, Start: 5, Mark: "SUPERVISOR_PROCESS=x"}, ID: 9}},
			}},
			Stored:  []Stored{{"kept", 99}},
			Adopted: []Adopted{{Generation: 7, Process: 9, Inode: 98, Kept: true}},
			Others:  []string{"it has bound a path"},
		}},
	}
}

// sized is a record whose length depends on n, so that half of one shows.
func sized(n int) Record {
	r := sample()
	r.Services[0].Last = 7 + n
	for i := range n % 50 {
		r.Services = append(r.Services, Service{Name: fmt.Sprintf("service-%d", i), Last: n})
	}
	return r
}

func encoded(r Record) []byte {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	return text
}

func place(t *testing.T) string { return filepath.Join(t.TempDir(), "control.state") }

func put(t *testing.T, text []byte, mode os.FileMode) string {
	t.Helper()
	path := place(t)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}
