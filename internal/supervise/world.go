package supervise

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/adopt"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/internal/relay"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// World is where effects happen: the operating system, or a fake of it. All calls
// may block and are made outside the loop.
type World interface {
	// Open binds a socket and keeps it open.
	Open(context.Context, listener.Address) (Socket, error)

	// Build makes the artifact. Cancelled, it returns when its processes are gone.
	Build(ctx context.Context, s Service, output io.Writer) (rebuild.Artifact, error)

	// Artifacts are those of the service, newest first.
	Artifacts(Service) ([]rebuild.Artifact, error)

	// Artifact returns an earlier one, if it is there and whole.
	Artifact(s Service, hash string) (rebuild.Artifact, error)

	// Record keeps what has become of artifacts, for whoever asks later.
	Record(Service, Record) error

	// Back is the artifact that is to serve by the record that was made last; "": what
	// the build makes.
	Back(Service) string

	// Examine returns nil if what l would start may be started, which has no sockets
	// yet, or the reason why not. Cancelled, it returns when its processes are gone.
	Examine(ctx context.Context, l Launch) error

	// Check asks the processes of one generation whether they are well. It returns nil
	// if they are, or the reason why not until ctx ended.
	Check(ctx context.Context, s Service, all []Child) error

	// CheckCanary asks a program whether a version is well that is tried. It returns nil
	// if it is, or the reason why not until ctx ended.
	CheckCanary(context.Context, Trial) error

	// Start runs a process and returns when its program executes.
	Start(context.Context, Launch) (Child, error)

	// Probe returns nil once c answers as Readiness asks, or the reason why it
	// did not until ctx ended.
	Probe(ctx context.Context, s Service, c Child) error

	// Watch calls changed for every batch of changes until ctx ends, with force
	// when something changed that no build reads. A value in built says that the
	// sources may depend on other files now.
	Watch(ctx context.Context, s Service, built <-chan struct{}, changed func(force bool), notice func(error)) error

	// Connections counts the connections of each of the holders. An error matches
	// errors.ErrUnsupported where that cannot be known.
	Connections([]adopt.Holder) ([]int, error)

	// Tidy removes the oldest artifacts, but none of those in use.
	Tidy(s Service, inUse []string)
}

// Record is how a handoff ended well.
type Record struct {
	Served    string // the artifact that serves
	At        time.Time
	Withdrawn string // the one that was gone back from; "": none was
	Back      string // the one that is to serve from now on, until a build is asked for
}

// Socket is a held socket.
type Socket interface {
	Address() listener.Address
	// Permit gives a unix path the mode and the owner of another address that is
	// otherwise the same.
	Permit(listener.Address) error
	Bound() string
	FD() int
	Close() error
}

// Launch is one process to be started.
type Launch struct {
	Service    Service
	Generation int
	Proc       int
	Slot       int              // its place among those of its generation, from 0
	Artifact   rebuild.Artifact // zero: the service has no build
	Sockets    []handoff.Named
	Stored     []handoff.Named
	StoreMax   int
	Ports      relay.Ports  // where it is to listen instead; zero: nowhere
	Adopt      *adopt.Table // takes what it binds; nil: nobody does
	Unlinks    bool         // what it unlinks is looked at, too
	Output     io.Writer    // nil: our own standard output and error
}

// Child is a process tree that runs.
type Child interface {
	PID() int
	Started() time.Time
	Contains(pid int) bool
	// Next returns the next message of the process; an error when none can come
	// any more.
	Next() (handoff.Message, error)
	Signal(os.Signal) error
	Kill() error
	// Wait returns when the whole tree is gone. It is called once; Next fails soon
	// after.
	Wait() proc.Exit
}
