package supervise

import (
	"os"
	"reflect"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/cgroup"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/internal/verify"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
	"github.com/seed-27ba25bb/supervisor/pkg/watch"
)

// Service is what is supervised.
type Service struct {
	Name    string
	Sockets []listener.Address // each with its name
	Policy  lifecycle.Policy

	Build   rebuild.Options // used if its Package or Command is set
	Command []string        // what runs; its first word gives way to the artifact, see Runs
	Args    []string        // follow the command or the artifact
	Wrap    []string        // a program that runs what runs, such as a debugger: its command line up to that
	Dir     string
	Env     []string
	Stdin   bool // reads our standard input
	Prefix  bool // output goes line by line to Options.Output instead of our own
	Sink    bool // output goes to where System.Sink says

	Verify    verify.Rules // what is executed must be so; then it is a copy
	Preflight []string     // a program that says whether a version may start
	// Settings are what each process is and may, Group what all of its tree may use.
	Settings proc.Settings
	Group    cgroup.Limits
	// Login is the environment of the user that Settings name, below Env. What is about
	// our own user is then left out.
	Login []string

	Protocol handoff.Protocol // how it is given its sockets; nil: systemd's
	Relay    *Relaying        // it is given ports instead; nil: it is not

	Canary []string // a program that says whether a version is well that is tried on a share

	Restart bool        // never overlaps: stop, then start
	Overlap bool        // always overlaps, sockets or not
	Adopt   bool        // what it binds is adopted: that was asked for by name
	Ready   Readiness   // how a process shows that it can serve
	Signal  os.Signal   // asks it to drain
	Watch   *WatchPaths // nil: changes of files mean nothing

	// Same reports whether the other one runs the same thing, so that new
	// settings need no handoff. Origin is for Same to compare.
	Same   func(Service) bool
	Origin any
}

// Built reports whether the service has a build.
func (s Service) Built() bool { return s.Build.Package != "" || s.Build.Command != "" }

// kept reports whether what runs is an artifact: made by a build, or a copy of the
// command, which nobody can change once it is verified.
func (s Service) kept() bool { return s.Built() || !s.Verify.None() }

// WatchPaths is what asks for a new build when it changes.
type WatchPaths struct {
	watch.Options
	// Graph adds the files that the Go package is built from.
	Graph bool
}

// same reports whether the same files would be watched. A watcher that need not
// begin anew misses nothing.
func (w *WatchPaths) same(o *WatchPaths) bool { return reflect.DeepEqual(w, o) }

// Readiness is how a process shows that it can serve.
type Readiness struct {
	By    string // auto, notify, http, tcp, exec, alive
	After time.Duration
	HTTP  string   // URL
	TCP   string   // host:port
	Own   bool     // both are asked at the port that a process was given
	Exec  []string // command
	Check string   // http or exec, asked while a generation is confirmed
}
