package telemetry

import "time"

// Report is one thing that happened.
type Report struct {
	Service    string // "" for the supervisor itself
	Time       time.Time
	Kind       string // one of the kinds below
	Generation int
	PID        int
	Serving    int           // with a failure: the generation that serves; 0: nothing does
	Took       time.Duration // built in, ready in, drained in
	Text       string        // reason, address, what was said; for build-failed the compiler's output, if it was not streamed
	Problems   []Problem     // with build-failed: what Text, or what was streamed, says about places in files
	Err        error
}

// The kinds of reports.
const (
	Building     = "building"
	Built        = "built"
	BuildFailed  = "build-failed"
	RollingBack  = "rolling-back" // on request: an earlier artifact starts in place of a build
	Unchanged    = "unchanged"
	Cancelled    = "cancelled" // a build or start that nobody waits for any more
	Starting     = "starting"
	Ready        = "ready"
	Serving      = "serving"
	Draining     = "draining"
	Drained      = "drained"
	Exited       = "exited"
	Crashed      = "crashed"
	Restarting   = "restarting"
	NotReady     = "not-ready"
	RolledBack   = "rolled-back"
	Canary       = "canary"        // a share of new connections, as Text says, goes to this generation
	CanaryPassed = "canary-passed" // nothing spoke against it
	Killed       = "killed"
	Replacing    = "replacing" // as many workers as Text says are of the new generation
	Left         = "left"      // one worker has drained, and its generation goes on
	Scaled       = "scaled"
	NotScaled    = "not-scaled" // there are as many workers as before
	Listening    = "listening"
	Closed       = "closed"
	Notice       = "notice"
	Info         = "info" // what was asked for at the keyboard
	Config       = "config"
	ConfigFailed = "config-failed"
	Stopping     = "stopping"
	Stopped      = "stopped"
)
