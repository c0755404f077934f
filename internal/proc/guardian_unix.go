//go:build unix

package proc

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/seed-27ba25bb/supervisor/internal/footprint"
)

// Guardian is a small process that outlives this program by a moment: if this
// program is killed, it ends the process trees that it was told of. (The kernel's
// parent-death signal reaches one process only, hangs on the thread that forked,
// and exists on Linux alone.) A nil Guardian guards nothing.
type Guardian struct {
	cmd  *exec.Cmd
	pipe *os.File // each line adds or removes a tree
	fd   int      // of the pipe, for a child that says for itself that it is there
}

// NewGuardian starts the guardian.
func NewGuardian() (*Guardian, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("cannot start the guardian: %w", err)
	}
	defer r.Close()
	cmd := self(guardianName, r)
	if err := cmd.Start(); err != nil {
		w.Close()
		return nil, fmt.Errorf("cannot start the guardian: %w", err)
	}
	g := &Guardian{cmd: cmd, pipe: w}
	raw, err := w.SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) { g.fd = int(fd) })
	}
	if err != nil {
		g.Close()
		return nil, fmt.Errorf("cannot start the guardian: %w", err)
	}
	return g, nil
}

// Close ends the guardian, which ends what it still guards.
func (g *Guardian) Close() error {
	if g == nil {
		return nil
	}
	g.pipe.Close()
	return g.cmd.Wait()
}

// Dismiss ends the guardian, and leaves alone what it guards. Close must be called all
// the same.
func (g *Guardian) Dismiss() {
	if g != nil {
		fmt.Fprintln(g.pipe, "=")
		g.pipe.Close()
	}
}

// Guard has the guardian end a process group that this program has started, until
// what it returns is called.
func (g *Guardian) Guard(group int) (ended func()) {
	g.add(group, "")
	return func() { g.remove(group) }
}

// A guardian that is gone is no reason to stop working: writes may fail.
func (g *Guardian) add(leader int, mark string) {
	if g != nil {
		g.pipe.WriteString(joining(strconv.Itoa(leader), mark))
	}
}

// joining is how a guardian is told of a tree.
func joining(leader, mark string) string { return "+" + leader + " " + mark + "\n" }

func (g *Guardian) remove(leader int) {
	if g != nil {
		fmt.Fprintf(g.pipe, "-%d\n", leader)
	}
}

// guard is the guardian's life: it listens until the other end is gone.
func guard() int {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	footprint.Shed()
	trees := map[int]string{}
	lines := bufio.NewScanner(os.NewFile(orderFD, "trees"))
	for lines.Scan() {
		text := lines.Text()
		if text == "" {
			continue
		}
		if text == "=" {
			return 0
		}
		number, mark, _ := strings.Cut(text[1:], " ")
		leader, err := strconv.Atoi(number)
		switch {
		case err != nil || leader <= 1:
		case text[0] == '+':
			trees[leader] = mark
		default:
			delete(trees, leader)
		}
	}
	for leader, mark := range trees {
		syscall.Kill(leader, syscall.SIGKILL)
		killTree(leader, mark)
	}
	return 0
}
