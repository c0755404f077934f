package proc

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
	"unicode/utf16"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Launcher starts processes. The zero value works. Windows has no fork, so that
// nothing can be made ready beforehand.
type Launcher struct {
	// Guard, if set, ends the processes when this program is killed.
	Guard *Guardian
}

func (*Launcher) Prepare() {}
func (*Launcher) Close()   {}

// Start runs a process in a job object of its own, in a process group of its own. It
// returns when the process exists, or with a *StartError.
func (l *Launcher) Start(ctx context.Context, spec Spec) (*Process, error) {
	p, err := l.start(ctx, spec)
	if err != nil {
		return nil, &StartError{spec.Path, err}
	}
	return p, nil
}

func (l *Launcher) start(ctx context.Context, spec Spec) (*Process, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	if len(spec.FDs) > 0 {
		return nil, fmt.Errorf("sockets are not passed by number on Windows: %w", errors.ErrUnsupported)
	}
	if err := spec.Settings.Supported(); err != nil {
		return nil, err
	}
	j, err := newJob(l.Guard != nil, spec.Settings)
	if err != nil {
		return nil, err
	}
	p := &Process{job: j, started: time.Now()}
	if err := p.create(spec); err != nil {
		j.close()
		return nil, err
	}
	return p, nil
}

func (p *Process) create(spec Spec) error {
	line, err := newCommand(spec)
	if err != nil {
		return err
	}
	std, err := inheritable(spec.Stdin, spec.Stdout, spec.Stderr)
	if err != nil {
		return err
	}
	defer closeHandles(std)
	attributes, err := windows.NewProcThreadAttributeList(2)
	if err != nil {
		return err
	}
	defer attributes.Delete()
	// Of our handles it gets these three, and it is in the job before it runs.
	jobs := []windows.Handle{p.job.handle}
	if err := update(attributes, windows.PROC_THREAD_ATTRIBUTE_HANDLE_LIST, std); err != nil {
		return err
	}
	if err := update(attributes, attributeJobList, jobs); err != nil {
		return err
	}
	start := windows.StartupInfoEx{ProcThreadAttributeList: attributes.List()}
	start.Cb = uint32(unsafe.Sizeof(start))
	start.Flags = windows.STARTF_USESTDHANDLES
	start.StdInput, start.StdOutput, start.StdErr = std[0], std[1], std[2]
	// Also in the foreground: of a console whoever is on it may read. A terminal's Ctrl-C is
	// not meant for it, and CTRL_BREAK to who leads no group would reach us, too.
	const flags = windows.CREATE_UNICODE_ENVIRONMENT | windows.EXTENDED_STARTUPINFO_PRESENT | windows.CREATE_NEW_PROCESS_GROUP
	var info windows.ProcessInformation
	if err := windows.CreateProcess(line.path, line.args, nil, nil, true, flags, line.env, line.dir, &start.StartupInfo, &info); err != nil {
		return err
	}
	windows.CloseHandle(info.Thread)
	p.handle, p.pid = info.Process, int(info.ProcessId)
	return nil
}

func update(to *windows.ProcThreadAttributeListContainer, attribute uintptr, handles []windows.Handle) error {
	return to.Update(attribute, unsafe.Pointer(&handles[0]), uintptr(len(handles))*unsafe.Sizeof(handles[0]))
}

// inheritable duplicates handles for a child. 0, 1 and 2 are our own standard ones:
// no other handle has these numbers. One that we do not have is NUL.
func inheritable(all ...int) ([]windows.Handle, error) {
	var copies []windows.Handle
	own := windows.CurrentProcess()
	for _, n := range all {
		from, release, err := handleOf(n)
		if err != nil {
			closeHandles(copies)
			return nil, err
		}
		var to windows.Handle
		err = windows.DuplicateHandle(own, from, own, &to, 0, true, windows.DUPLICATE_SAME_ACCESS)
		release()
		if err != nil {
			closeHandles(copies)
			return nil, fmt.Errorf("cannot pass a standard handle on: %w", err)
		}
		copies = append(copies, to)
	}
	return copies, nil
}

func handleOf(n int) (h windows.Handle, release func(), err error) {
	release = func() {}
	if n > 2 {
		return windows.Handle(n), release, nil
	}
	which := [...]uint32{windows.STD_INPUT_HANDLE, windows.STD_OUTPUT_HANDLE, windows.STD_ERROR_HANDLE}
	if h, err = windows.GetStdHandle(which[n]); err == nil && h != 0 && h != windows.InvalidHandle {
		return h, release, nil
	}
	name, err := windows.UTF16PtrFromString("NUL")
	if err != nil {
		return 0, release, err
	}
	h, err = windows.CreateFile(name, windows.GENERIC_READ|windows.GENERIC_WRITE,
		windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE, nil, windows.OPEN_EXISTING, 0, 0)
	return h, func() { windows.CloseHandle(h) }, err
}

func closeHandles(all []windows.Handle) {
	for _, h := range all {
		windows.CloseHandle(h)
	}
}

// command is a Spec in the terms of CreateProcess.
type command struct {
	path, args, dir, env *uint16
}

func newCommand(spec Spec) (c command, err error) {
	// With PATHEXT: the name may come without its .exe.
	path, err := exec.LookPath(spec.Path)
	if err != nil {
		var e *exec.Error
		if errors.As(err, &e) {
			err = e.Err
		}
		return c, err
	}
	if c.path, err = windows.UTF16PtrFromString(path); err != nil {
		return c, err
	}
	if c.args, err = windows.UTF16PtrFromString(windows.ComposeCommandLine(spec.Args)); err != nil {
		return c, err
	}
	if spec.Dir != "" {
		if c.dir, err = windows.UTF16PtrFromString(spec.Dir); err != nil {
			return c, err
		}
	}
	c.env, err = environment(spec.Env)
	return c, err
}

// environment is a block of strings, each with its NUL, and one more at the end. Names
// are the same in any case of letters: the last one counts.
func environment(env []string) (*uint16, error) {
	var block []uint16
	for i, kv := range env {
		if strings.ContainsRune(kv, 0) {
			return nil, fmt.Errorf("the variable %.80q has a NUL", kv)
		}
		if overridden(kv, env[i+1:]) {
			continue
		}
		block = append(append(block, utf16.Encode([]rune(kv))...), 0)
	}
	if len(block) == 0 {
		block = append(block, 0)
	}
	return &append(block, 0)[0], nil
}

func overridden(kv string, later []string) bool {
	// The current directories of drives have names like =C:.
	name, _, ok := strings.Cut(kv, "=")
	if !ok || name == "" {
		return false
	}
	for _, other := range later {
		if n, _, _ := strings.Cut(other, "="); strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}
