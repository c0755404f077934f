package lifecycle

import "time"

// Effect is something to do. Performing one never blocks the decisions; its
// outcome comes back as an event.
type Effect interface{ effect() }

// Build asks for the artifact of a generation, which is to be an earlier one if
// Artifact names it: answered by Built or BuildFailed.
type Build struct {
	Generation int
	Artifact   string
}

// Examine asks whether the artifact of a generation may start, before it is given
// any socket: answered by Examined, within the time that it may take to get ready.
type Examine struct{ Generation int }

// CancelBuild ends a Build or an Examine and all its processes; still answered as
// that is.
type CancelBuild struct{ Generation int }

// Check asks a generation on trial whether it is well: answered by Checked, soon.
type Check struct{ Generation int }

// Spawn starts a process of a generation with the artifact and the settings of
// generation Origin: answered by Ready and, whatever happens, by Exited.
type Spawn struct{ Generation, Origin, Proc, Slot int }

// Terminate asks a process to drain and exit.
type Terminate struct{ Generation, Proc int }

// Destroy ends a process and its whole tree now.
type Destroy struct {
	Generation, Proc int
	Reason           string
}

// SetTimer arms a timer, in place of the one of the same name.
type SetTimer struct {
	Timer Timer
	After time.Duration
}

// ExtendTimer moves a timer that runs to at least this long from now.
type ExtendTimer struct {
	Timer Timer
	By    time.Duration
}

// Timer is a deadline: one a role.
type Timer struct {
	Role             Role
	Generation, Proc int // Proc 0: the whole generation
}

// Role is what a deadline is for.
type Role string

const (
	ReadyDeadline   Role = "ready"
	CanaryEnd       Role = "canary"
	ConfirmEnd      Role = "confirm"
	CheckPause      Role = "check"
	DrainDeadline   Role = "drain"
	BackoffEnd      Role = "backoff"
	WatchdogSilence Role = "watchdog"
)

// Answer tells an asker how it went.
type Answer struct {
	Ticket  Ticket
	Verdict Verdict
}

// Rescaled says how a Scaled event ended, whether or not somebody asked for it.
type Rescaled struct{ Verdict Verdict }

// Conclude says how a handoff ended, whether or not somebody asked for it.
type Conclude struct{ Verdict Verdict }

// Retire says that all of a generation is gone: what it alone used may go, too.
type Retire struct{ Generation int }

// Finish says that a service which was told to stop has nothing left.
type Finish struct{}

func (Build) effect()       {}
func (CancelBuild) effect() {}
func (Examine) effect()     {}
func (Check) effect()       {}
func (Spawn) effect()       {}
func (Terminate) effect()   {}
func (Destroy) effect()     {}
func (SetTimer) effect()    {}
func (ExtendTimer) effect() {}
func (Answer) effect()      {}
func (Conclude) effect()    {}
func (Rescaled) effect()    {}
func (Retire) effect()      {}
func (Finish) effect()      {}
