package proc

import (
	"fmt"
	"syscall"
	"time"
)

// Spec is what to start.
type Spec struct {
	Path   string   // the executable
	Args   []string // Args[0] is the name that the program sees
	Dir    string
	Env    []string // the whole environment but for PIDEnv
	PIDEnv []string // variables that get the process's own PID
	FDs    []int    // placed from fd 3 up, in order; they stay the caller's
	Stdin  int      // placed at 0, 1 and 2
	Stdout int
	Stderr int
	// Mark is an assignment in Env that no other process tree has. Descendants
	// inherit it, which is how they are recognised wherever they have moved to.
	Mark string
	// Trap has the bind and listen calls of the tree wait for an answer, which
	// whoever holds Process.Trap gives (Linux 5.14).
	Trap bool
	// TrapUnlink has their unlink and unlinkat wait, too. Those that are of no concern
	// take some microseconds longer, and all of them fail with ENOSYS, as bind does, when
	// nobody holds Process.Trap any more.
	TrapUnlink bool
	// Mute are signals that the tree cannot send to us: its call of kill succeeds, and
	// nothing arrives (Linux, with the system calls of this program's architecture; a
	// program that is not root can gain no privileges then). Elsewhere the start fails
	// with a *MuteError.
	Mute []syscall.Signal
	// Foreground leaves the tree in our process group, which is the one that a
	// terminal lets read and that Ctrl-C reaches. On systems without marks, what
	// the leader starts is then not found when it ends. On Windows it changes nothing.
	Foreground bool
	// Settings are all made before the program runs: if one cannot be, it does not.
	Settings Settings
}

// Exit is how a process ended.
type Exit struct {
	Code   int    // exit code, -1 when a signal ended it
	Reason string // "exit status 1", "signal: killed"
	Uptime time.Duration
}

func (e Exit) String() string { return e.Reason }

// StartError is a process that could not be started.
type StartError struct {
	Path string
	Err  error
}

func (e *StartError) Error() string { return fmt.Sprintf("cannot start %s: %v", e.Path, e.Err) }
func (e *StartError) Unwrap() error { return e.Err }
