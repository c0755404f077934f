//go:build unix

package proc

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/internal/footprint"
)

// Guardian is a small process that outlives this program by a moment: if this
// program is killed, it ends the process trees that it was told of. (The kernel's
// parent-death signal reaches one process only, hangs on the thread that forked,
// and exists on Linux alone.) A nil Guardian guards nothing.
type Guardian struct {
	cmd  *exec.Cmd
	line *os.File // a socket: each line adds or removes a tree
	fd   int      // of the line, for a child that says for itself that it is there

	ended chan struct{} // closed when it is gone, and reaped
	err   error         // how it ended; to be read after that
}

// NewGuardian starts the guardian.
func NewGuardian() (*Guardian, error) {
	// Not a pipe: a child that writes when the guardian is gone must not get SIGPIPE.
	pair, err := socketpair()
	if err != nil {
		return nil, fmt.Errorf("cannot start the guardian: %w", err)
	}
	theirs := os.NewFile(uintptr(pair[1]), "trees")
	defer theirs.Close()
	g := &Guardian{cmd: self(guardianName, theirs), line: os.NewFile(uintptr(pair[0]), "guardian"), fd: pair[0], ended: make(chan struct{})}
	if err := g.cmd.Start(); err != nil {
		g.line.Close()
		return nil, fmt.Errorf("cannot start the guardian: %w", err)
	}
	// One that is dismissed, or killed, is not to stay a zombie until Close.
	go func() {
		defer close(g.ended)
		g.err = g.cmd.Wait()
	}()
	return g, nil
}

// socketpair keeps forks away until the pair closes on exec: a process forked at the
// same moment must not hold the other end of another's line open.
func socketpair() ([2]int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(pair[0])
		unix.CloseOnExec(pair[1])
	}
	return pair, err
}

// Close ends the guardian, which ends what it still guards.
func (g *Guardian) Close() error {
	if g == nil {
		return nil
	}
	g.line.Close()
	<-g.ended
	return g.err
}

// Dismiss ends the guardian, and leaves alone what it guards. Close must be called all
// the same; until then children may write to the line.
func (g *Guardian) Dismiss() {
	if g != nil {
		fmt.Fprintln(g.line, "=")
	}
}

// Start starts a command as leader of a process group of its own, which the guardian ends
// until ended is called: for who holds it, while nobody else can have the group's id. The
// guardian knows of the group before the program can run. Of cmd it takes what says what
// to run and where, and the output, which are files; the leader is waited for by itself.
func (g *Guardian) Start(cmd *exec.Cmd) (leader *os.Process, ended func(), err error) {
	if cmd.Err != nil {
		return nil, nil, cmd.Err
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, nil, err
	}
	defer null.Close()
	l := Launcher{Guard: g}
	leader, _, err = l.launch(Spec{
		Path: cmd.Path, Args: cmd.Args, Dir: cmd.Dir, Env: cmd.Environ(),
		Stdin: int(null.Fd()), Stdout: descriptor(cmd.Stdout), Stderr: descriptor(cmd.Stderr),
	})
	if err != nil {
		return nil, nil, &os.PathError{Op: "exec", Path: cmd.Path, Err: err}
	}
	return leader, func() { g.remove(leader.Pid) }, nil
}

func descriptor(output io.Writer) int { return int(output.(*os.File).Fd()) }

// joining is how a guardian is told of a tree.
func joining(leader, mark string) string { return "+" + leader + " " + mark + "\n" }

// A guardian that is gone is no reason to stop working: writes may fail.
func (g *Guardian) remove(leader int) {
	if g != nil {
		fmt.Fprintf(g.line, "-%d\n", leader)
	}
}

// guard is the guardian's life: it listens until the other end is gone.
func guard() int {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	footprint.Processors(false)
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
