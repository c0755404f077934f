//go:build unix && (!linux || startagain)

package proc

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// Where a child's system calls cannot be made by hand, this program is executed once
// more, with the descriptors of the coming program in their places, and becomes it by
// exec. The build tag startagain has Linux do the same, for the tests.

// againName is by what the program's own binary knows that it is to become another.
const againName = "supervisor-launcher"

func init() {
	if os.Args[0] == againName {
		os.Exit(become(os.Args[1:]))
	}
}

func (l *Launcher) launch(spec Spec) (*os.Process, reports, error) {
	if err := spec.Settings.Supported(); err != nil {
		return nil, reports{}, err
	}
	if len(spec.Mute) > 0 {
		return nil, reports{}, &MuteError{unix.ENOSYS}
	}
	failed, theirFailed, err := os.Pipe() // says why there is no program; ends when there is one
	if err != nil {
		return nil, reports{}, err
	}
	defer failed.Close()
	theirGo, goes, err := os.Pipe() // ends when the program may run
	if err != nil {
		theirFailed.Close()
		return nil, reports{}, err
	}
	pid, err := syscall.ForkExec(executable(), becoming(spec), &syscall.ProcAttr{
		Env:   spec.Env,
		Files: files(spec, theirFailed.Fd(), theirGo.Fd()),
		Sys:   &syscall.SysProcAttr{Setpgid: !spec.Foreground, Credential: spec.Settings.credential()},
	})
	theirFailed.Close()
	theirGo.Close()
	if err != nil {
		goes.Close()
		return nil, reports{}, err
	}
	process, _ := os.FindProcess(pid) // never fails for a child that nobody has waited for
	// The guardian must know of the group before the program can run.
	l.Guard.add(pid, spec.Mark)
	goes.Close()
	said, err := io.ReadAll(failed)
	if err == nil && len(said) == 0 {
		return process, untrapped(spec), nil
	}
	process.Kill()
	l.Guard.remove(pid) // as long as nobody else can have the PID
	process.Wait()
	return nil, reports{}, errors.Join(err, failure(spec, said))
}

func (g *Guardian) add(leader int, mark string) {
	if g != nil {
		g.line.WriteString(joining(strconv.Itoa(leader), mark)) // as remove: it may fail
	}
}

// untrapped: nothing can be trapped here.
func untrapped(spec Spec) reports {
	if !spec.Trap {
		return reports{}
	}
	return reports{err: &TrapError{unix.ENOSYS}}
}

func files(spec Spec, more ...uintptr) []uintptr {
	all := []uintptr{uintptr(spec.Stdin), uintptr(spec.Stdout), uintptr(spec.Stderr)}
	for _, fd := range spec.FDs {
		all = append(all, uintptr(fd))
	}
	return append(all, more...)
}

// becoming is the command line of a process that is to become the program: how many
// descriptors are the program's, its directory, the variables that get the PID and
// how many they are, then the program.
func becoming(spec Spec) []string {
	own := 3 + len(spec.FDs)
	return slices.Concat(
		[]string{againName, strconv.Itoa(own), spec.Dir, strconv.Itoa(len(spec.PIDEnv))}, spec.PIDEnv,
		[]string{spec.Path}, spec.Args)
}

const (
	noDirectory = 'd'
	noProgram   = 'p'
)

// failure is why a process did not become the program: a letter and an errno.
func failure(spec Spec, said []byte) error {
	if len(said) != 5 {
		return errors.New("the launcher ended without a word")
	}
	errno := syscall.Errno(binary.BigEndian.Uint32(said[1:]))
	if said[0] == noDirectory {
		return &stepError{"cannot change to " + spec.Dir, errno}
	}
	return errno
}

// become is that process's life.
func become(words []string) int {
	own, _ := strconv.Atoi(words[0])
	dir := words[1]
	variables, _ := strconv.Atoi(words[2])
	words = words[3:]
	env := os.Environ()
	for _, name := range words[:variables] {
		env = append(env, name+"="+strconv.Itoa(os.Getpid()))
	}
	words = words[variables:]
	unix.CloseOnExec(own)
	unix.CloseOnExec(own + 1)
	unix.Read(own+1, make([]byte, 1))
	what, err := byte(noDirectory), error(nil)
	if dir != "" {
		err = unix.Chdir(dir)
	}
	if err == nil {
		what, err = noProgram, syscall.Exec(words[0], words[1:], env)
	}
	var errno syscall.Errno
	errors.As(err, &errno)
	unix.Write(own, binary.BigEndian.AppendUint32([]byte{what}, uint32(errno)))
	return 127
}
