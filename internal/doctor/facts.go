package doctor

import (
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// Facts are what the checks judge.
type Facts struct {
	Now       time.Time
	Files     []string       // config files, as they were named
	Config    *config.Config // nil if it could not be loaded
	ConfigErr error
	Go        Go
	Commands  []Command
	Addresses []Address
	Inotify   *Inotify // nil: this system has none
	Trees     []FileSystem
	Control   Control
	Status    *control.Status // of the supervisor that runs; nil: none does
	Kernel    []Tree
	Units     []Unit
	Trial     *Trial // nil: nothing was run
	Late      int    // looks that did not end in time
}

// Go is what there is to build Go packages with.
type Go struct {
	Command   string   // path of the go command; empty: none is on PATH
	Elsewhere string   // a go command that is not on PATH
	Err       error    // why the command does not answer
	Version   string   // its own, such as go1.26.8, before any switch of toolchains
	Toolchain string   // GOTOOLCHAIN
	Proxy     string   // GOPROXY
	Have      []string // versions that need no download
	Modules   []Module
	Bin       string // where go install puts programs
	Installed bool   // there are some
	OnPath    bool   // Bin is on PATH
}

// Module is a go.mod, or the go.work that rules instead.
type Module struct {
	File      string
	Go        string // the least version that it asks for: go1.26; empty: any
	Toolchain string // the version that it suggests
}

// Command is what a service runs, if it is no package.
type Command struct {
	Service string
	Name    string // as the config has it
	Path    string // the file; empty: there is none
	Made    bool   // a build makes it
}

// Address is one that the config wants to listen on.
type Address struct {
	Service string
	Address listener.Address
	Err     error // why it cannot be listened on; nil: it can
	Left    bool  // its holder is a service whose supervisor is gone
}

// Inotify is what one user may watch, and does already.
type Inotify struct {
	MaxWatches, MaxInstances int // 0: unknown
	Watches, Instances       int
	Directories              int // below what is to be watched
	Watchers                 int // instances that dev needs
}

// FileSystem is what a watched directory lies on.
type FileSystem struct {
	Service string
	Dir     string
	Silent  string // its name, if it does not report changes
	Poll    config.Poll
}

// Control is the control socket of a supervisor with this config.
type Control struct {
	Path   string
	Err    error // why there can be none, or why it cannot be asked
	Live   []control.Found
	Stale  []string // sockets that nobody listens on
	Silent []string // sockets on which somebody accepts and does not answer
}

// Tree is what the kernel knows of the processes of one generation.
type Tree struct {
	Service    string
	Generation int
	Phase      string
	PID        int // of the first process
	Sockets    []Held
	Own        []string // addresses that it listens on for connections, and was not given
	Ignores    bool     // the first process ignores the drain signal
	Default    bool     // the drain signal ends the first process at once
	Signal     string   // the drain signal
	Hidden     bool     // a process does not let itself be looked into
}

// Held is a socket that was given to a generation.
type Held struct {
	Name, Address string
	Open          bool // a process has it open
	Polled        bool // a process waits for connections on it by epoll
	Waiting       int  // connections that nobody has accepted for a while
}

// Unit is what systemd says of a unit file.
type Unit struct {
	File     string
	Said     []string
	Rejected bool
}
