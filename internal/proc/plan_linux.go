//go:build linux && !startagain

package proc

import (
	"errors"
	"math"
	"slices"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// plan is what a child does between fork and exec: system calls one after the
// other, the last of which is execve. Everything that they point to is made before
// and kept, since the child can allocate nothing.
type plan struct {
	steps   []*step
	pid     []numeral
	line    *wire // to the parent
	refused error // why nothing is to be trapped
	kept    []any
}

// step is one system call.
type step struct {
	what string // it cannot do, for an error
	call uintptr
	args [6]uintptr
	// A step that may fail says so to the parent, and skip steps are left out.
	may  bool
	skip int
	// into gets the result, feeds does so as an argument of a later step.
	into  *int32
	feeds *uintptr
}

// numeral is a place for the child's PID in decimal. Text of a width is padded with
// zeros; else it is followed by the zeros that are there already.
type numeral struct {
	to    []byte
	width int
}

// pidDigits has room for the largest PID there is.
const pidDigits = 10

func (p *plan) add(what string, call uintptr, args ...uintptr) *step {
	s := &step{what: what, call: call}
	copy(s.args[:], args)
	p.steps = append(p.steps, s)
	return s
}

// at keeps what is pointed to, and returns where it is.
func at[T any](p *plan, to *T) uintptr {
	p.kept = append(p.kept, to)
	return uintptr(unsafe.Pointer(to))
}

func (p *plan) text(s string) (uintptr, error) {
	if strings.ContainsRune(s, 0) {
		return 0, errors.New("a zero byte in " + s)
	}
	b := append([]byte(s), 0)
	return at(p, &b[0]), nil
}

// planned makes the plan for a program. The caller closes its line.
func (l *Launcher) planned(spec Spec) (*plan, error) {
	line, err := newWire()
	if err != nil {
		return nil, err
	}
	p := &plan{line: line}
	err = p.fill(spec, l.Guard)
	if err != nil {
		line.close()
	}
	return p, err
}

func (p *plan) fill(spec Spec, g *Guardian) error {
	if !spec.Foreground {
		p.add("cannot begin a process group", unix.SYS_SETPGID, 0, 0)
	}
	if g != nil {
		p.guard(g, spec.Mark)
	}
	p.join(spec.Settings.Join)
	p.place(append([]int{spec.Stdin, spec.Stdout, spec.Stderr}, spec.FDs...))
	p.limit(spec.Settings.Resources)
	p.rank(spec.Settings)
	p.renounce(spec.Settings)
	if err := p.mute(spec.Mute); err != nil {
		return err
	}
	if spec.Trap {
		p.trap(trapped(spec))
	}
	p.become(spec.Settings)
	if err := p.reach(spec.Settings); err != nil {
		return err
	}
	if spec.Dir != "" {
		dir, err := p.text(spec.Dir)
		if err != nil {
			return err
		}
		p.add("cannot change to "+spec.Dir, unix.SYS_CHDIR, dir)
	}
	return p.exec(spec)
}

// guard has the guardian know of the group before the program can run.
func (p *plan) guard(g *Guardian, mark string) {
	text := []byte(joining(strings.Repeat("0", pidDigits), mark))
	p.pid = append(p.pid, numeral{text[1 : 1+pidDigits], pidDigits})
	// A guardian that is gone is no reason not to start.
	s := p.add("", unix.SYS_SENDTO, uintptr(g.fd), at(p, &text[0]), uintptr(len(text)), unix.MSG_NOSIGNAL)
	s.may = true
}

// place puts fds at 0, 1, 2, … Those that others would overwrite, and the line to the
// parent, are moved above all first. What is not placed closes on exec.
func (p *plan) place(fds []int) {
	const what = "cannot place descriptors"
	n := len(fds)
	above := max(n, slices.Max(fds)+1, p.line.theirs+1)
	up := func(fd int) int {
		p.add(what, unix.SYS_DUP3, uintptr(fd), uintptr(above), unix.O_CLOEXEC)
		above++
		return above - 1
	}
	if p.line.theirs < n {
		p.line.placed = up(p.line.theirs)
	}
	for i, fd := range fds {
		if fd < n && fd != i {
			fds[i] = up(fd)
		}
	}
	for i, fd := range fds {
		if fd == i {
			p.add(what, unix.SYS_FCNTL, uintptr(fd), unix.F_SETFD, 0)
		} else {
			p.add(what, unix.SYS_DUP3, uintptr(fd), uintptr(i), 0)
		}
	}
	s := p.add("", unix.SYS_CLOSE_RANGE, uintptr(n), math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC)
	s.may = true // Linux 5.11; before, what was inherited by accident goes on
}

func (p *plan) exec(spec Spec) error {
	path, err := p.text(spec.Path)
	if err != nil {
		return err
	}
	argv, err := p.vector(spec.Args, nil)
	if err != nil {
		return err
	}
	var own [][]byte
	for _, name := range spec.PIDEnv {
		text := append([]byte(name+"="), make([]byte, pidDigits+1)...)
		p.pid = append(p.pid, numeral{text[len(name)+1:], 0})
		own = append(own, text)
	}
	env, err := p.vector(spec.Env, own)
	if err != nil {
		return err
	}
	p.add("", unix.SYS_EXECVE, path, argv, env)
	return nil
}

// vector is a list of texts as execve(2) takes it.
func (p *plan) vector(texts []string, more [][]byte) (uintptr, error) {
	all := make([]*byte, 0, len(texts)+len(more)+1)
	for _, s := range texts {
		b, err := syscall.BytePtrFromString(s)
		if err != nil {
			return 0, errors.New("a zero byte in " + s)
		}
		all = append(all, b)
	}
	for _, b := range more {
		all = append(all, &b[0])
	}
	all = append(all, nil)
	return at(p, &all[0]), nil
}
