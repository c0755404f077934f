//go:build unix

package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// numbersEnv makes the test binary a service that prints numbers.
const numbersEnv = "E2E_PRINT_NUMBERS"

// printNumbers prints PID and number, quickly, and how many there were in the end.
func printNumbers() int {
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	ready, err := net.Dial("unixgram", os.Getenv("NOTIFY_SOCKET"))
	if err != nil {
		return 1
	}
	fmt.Fprint(ready, "READY=1")
	ready.Close()
	out := bufio.NewWriterSize(os.Stdout, 1000) // writes end anywhere within a line
	tick := time.NewTicker(time.Millisecond)
	for n := 0; ; {
		select {
		case <-term:
			fmt.Fprintf(out, "%d end %d\n", os.Getpid(), n)
			out.Flush()
			return 0
		case <-tick.C:
			for range 10 {
				n++
				if _, err := fmt.Fprintf(out, "%d %d %s\n", os.Getpid(), n, strings.Repeat("x", n%200)); err != nil {
					return 1
				}
			}
		}
	}
}

// A printing is a supervisor whose service prints into a file.
type printing struct {
	t    *testing.T
	dir  string
	cmd  *exec.Cmd
	out  *bytes.Buffer   // of the supervisor that runs, and of its logger
	ends []chan struct{} // closed when nothing has a supervisor's output any more
	old  int             // files that were renamed
}

func (p *printing) log() string { return filepath.Join(p.dir, "numbers.log") }

// begin starts a supervisor, again and again while one that was killed is still there.
func (p *printing) begin() {
	p.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		r, w, err := os.Pipe()
		if err != nil {
			p.t.Fatal(err)
		}
		p.cmd = exec.Command(built(p.t, programs.supervisor), "run", "-c", filepath.Join(p.dir, "numbers.toml"))
		p.cmd.Env = append(os.Environ(), "SUPERVISOR_CONTROL="+filepath.Join(p.dir, "control"), "XDG_RUNTIME_DIR="+p.dir, "XDG_STATE_HOME="+p.dir)
		p.cmd.Stdout, p.cmd.Stderr = w, w
		if err := p.cmd.Start(); err != nil {
			p.t.Fatal(err)
		}
		w.Close()
		serving, ended := make(chan bool, 1), make(chan struct{})
		p.out, p.ends = new(bytes.Buffer), append(p.ends, ended)
		go p.read(r, p.out, serving, ended)
		cmd := p.cmd
		p.t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
		if <-serving {
			return
		}
		p.cmd.Wait()
		<-ended
		if !strings.Contains(p.out.String(), "answers on") || time.Now().After(deadline) {
			p.t.Fatalf("the supervisor does not begin:\n%s", p.out)
		}
	}
}

func (p *printing) read(r io.ReadCloser, into *bytes.Buffer, serving chan<- bool, ended chan<- struct{}) {
	defer close(ended)
	defer r.Close()
	for lines := bufio.NewScanner(r); lines.Scan(); {
		fmt.Fprintln(into, lines.Text())
		if strings.HasSuffix(lines.Text(), "serving") {
			select {
			case serving <- true:
			default:
			}
		}
	}
	select {
	case serving <- false:
	default:
	}
}

// rotate does what logrotate does, and waits until the next file is there. Without a
// supervisor to tell it is made with the next line.
func (p *printing) rotate(tell bool) {
	p.t.Helper()
	p.old++
	if err := os.Rename(p.log(), fmt.Sprintf("%s.%d", p.log(), p.old)); err != nil {
		p.t.Fatal(err)
	}
	if tell {
		if err := p.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
			p.t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(patience); ; {
		if _, err := os.Stat(p.log()); err == nil {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatal("no new file was made")
		}
	}
}

func (p *printing) verb(name string) {
	p.t.Helper()
	cmd := exec.Command(p.cmd.Path, name)
	cmd.Env = p.cmd.Env
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("supervisor %s: %v\n%s", name, err, out)
	}
}

// check reads all files: each process printed every number once, and no line is torn.
func (p *printing) check(processes int) {
	p.t.Helper()
	files, err := filepath.Glob(p.log() + "*")
	if err != nil {
		p.t.Fatal(err)
	}
	seen, ends := map[int]map[int]bool{}, map[int]int{}
	total := 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			p.t.Fatal(err)
		}
		if len(text) > 0 && text[len(text)-1] != '\n' {
			p.t.Errorf("%s ends within a line", name)
		}
		for line := range strings.Lines(string(text)) {
			total++
			f := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 3)
			if len(f) != 3 {
				p.t.Fatalf("%s: torn: %q", name, line)
			}
			pid, strange := strconv.Atoi(f[0])
			if f[1] == "end" {
				n, err := strconv.Atoi(f[2])
				if err != nil {
					p.t.Fatalf("%s: torn: %q", name, line)
				}
				ends[pid] = n
				continue
			}
			n, bad := strconv.Atoi(f[1])
			if strange != nil || bad != nil || len(f[2]) != n%200 || strings.Trim(f[2], "x") != "" {
				p.t.Fatalf("%s: torn: %q", name, line)
			}
			if seen[pid] == nil {
				seen[pid] = map[int]bool{}
			}
			if seen[pid][n] {
				p.t.Errorf("%d of process %d is there twice", n, pid)
			}
			seen[pid][n] = true
		}
	}
	if len(ends) != processes || len(seen) != processes {
		p.t.Errorf("%d processes printed and %d told their end, want %d", len(seen), len(ends), processes)
	}
	for pid, last := range ends {
		if len(seen[pid]) != last || last == 0 || !seen[pid][1] || !seen[pid][last] {
			p.t.Errorf("process %d printed %d numbers, %d are there", pid, last, len(seen[pid]))
		}
	}
	p.t.Logf("%d lines of %d processes in %d files", total, len(seen), len(files))
}

// A service that prints quickly goes through handoffs, renamed files and a supervisor
// that is killed: no line is lost, none is there twice, none is torn.
func TestLogFile(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &printing{t: t, dir: shortDir(t)}
	config := fmt.Sprintf(`[services.numbers]
command = [%q]
logs = "file:numbers.log"
env = { %s = "1" }
handoff.by = "systemd"
ready.by = "notify"
`, self, numbersEnv)
	if err := os.WriteFile(filepath.Join(p.dir, "numbers.toml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	p.begin()
	for range 3 {
		p.rotate(true)
		p.verb("reload")
		p.rotate(true)
	}
	p.cmd.Process.Kill()
	p.cmd.Wait()
	p.rotate(false) // what goes on writing sees that for itself
	p.begin()
	p.rotate(true)
	p.verb("reload")
	p.rotate(true)
	p.verb("stop")
	for _, ended := range p.ends {
		select {
		case <-ended:
		case <-time.After(patience):
			t.Fatal("something is left that writes")
		}
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the supervisor ended badly: %v\n%s", err, p.out)
	}
	p.check(6)
	if t.Failed() {
		t.Logf("the last supervisor:\n%s", p.out)
	}
}
