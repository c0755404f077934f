package supervise

import "time"

// Report is one thing that happened, for logs.
type Report struct {
	Service    string // "" for the supervisor itself
	Kind       Kind
	Generation int
	PID        int
	Serving    int           // with a failure: the generation that serves; 0: nothing does
	Took       time.Duration // built in, ready in, drained in
	Text       string
	Err        error
}

// Kind is what a Report is about.
type Kind string

const (
	Building    Kind = "building"
	Built       Kind = "built"
	BuildFailed Kind = "build-failed"
	RollingBack Kind = "rolling-back" // on request, in place of a build
	Unchanged   Kind = "unchanged"
	Cancelled   Kind = "cancelled" // a build that a newer request has overtaken
	Starting    Kind = "starting"
	Ready       Kind = "ready"
	Serving     Kind = "serving"
	Draining    Kind = "draining"
	Drained     Kind = "drained"
	Finished    Kind = "finished"
	Exited      Kind = "exited"
	Crashed     Kind = "crashed"
	Restarting  Kind = "restarting"
	NotReady    Kind = "not-ready"
	RolledBack  Kind = "rolled-back"
	Trying      Kind = "canary"        // a share of new connections, as Text says, goes to the new generation
	Tried       Kind = "canary-passed" // nothing spoke against it
	Killed      Kind = "killed"
	Replacing   Kind = "replacing" // as many workers as Text says are of the new generation
	Left        Kind = "left"      // one worker has drained, and its generation goes on
	Scaled      Kind = "scaled"
	NotScaled   Kind = "not-scaled" // there are as many workers as before
	Listening   Kind = "listening"
	Closed      Kind = "closed"
	Notice      Kind = "notice"
	Info        Kind = "info"
	Stopping    Kind = "stopping"
	Stopped     Kind = "stopped"
)
