package config

import (
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// Service is what is supervised.
type Service struct {
	Name string
	// Listen has a unique name for each socket. A socket without one in the
	// config is called socketN, where N is its position among all sockets of
	// the config, from 0.
	Listen []listener.Address
	// Package is a Go package, relative to Dir. At most one of Package and
	// Command is set. If neither is, Build.Output is what to run.
	Package string
	// Command is as written: if its first word has a slash, it is relative
	// to Dir.
	Command []string
	Args    []string
	// Dir is absolute, and was a directory when the config was loaded.
	Dir string
	// Env is what the config adds to the environment: KEY=value, env_files
	// in order, then env, sorted by key.
	Env        []string
	Privileges Privileges
	Limits     Limits
	Workers    int
	Logs       Logs
	// Stdin: it reads the terminal.
	Stdin bool
	// Once: it is done when it ends with exit code 0.
	Once bool
	// Shell is a program that gets each shell command as its last argument. Empty is
	// the system's.
	Shell  []string
	Build  Build
	Verify Verify
	Watch  Watch
	Assets Assets
	// Rules are sorted by name.
	Rules   []Rule
	Handoff Handoff
	Ready   Ready
	Drain   Drain
}

// Logs is where the output of a service goes.
type Logs string

const (
	LogsInherit Logs = "inherit"
	LogsPrefix  Logs = "prefix"
	LogsJSON    Logs = "json"
)

const logsFile = "file:"

// LogFile is the absolute path of the file that output goes to, "" if it goes elsewhere.
func (s Service) LogFile() string {
	path, ok := strings.CutPrefix(string(s.Logs), logsFile)
	if !ok {
		return ""
	}
	return resolve(s.Dir, path)
}

// Build is how an artifact is made.
type Build struct {
	// Command is a shell command that makes Output, instead of the Go build
	// of the package. It runs in the service's directory.
	Command string
	// Output is relative to the service's directory.
	Output string
	// Debug keeps what debuggers need in a Go build.
	Debug         bool
	Flags         []string
	Before, After []string
	Timeout       time.Duration
	// Keep is how many earlier artifacts stay beside those in use.
	Keep int
}

// Verify is what an executable must be to be started.
type Verify struct {
	// SHA256 are sums in lower case hexadecimal, of which it must have one.
	SHA256 []string
	// Minisign is a public key that must have signed it.
	Minisign string
}

func (v Verify) none() bool { return len(v.SHA256) == 0 && v.Minisign == "" }

// Watch is what asks for a new build. Paths and patterns are relative to the
// service's directory.
type Watch struct {
	Paths, Include, Exclude []string
	Poll                    Poll
}

// Rule is a command for files that no build of the service reads, such as those
// that code is generated from. Paths and patterns are relative to the service's
// directory, where the command runs.
type Rule struct {
	Name                    string
	Command                 string
	Paths, Include, Exclude []string
	// Persistent commands watch for themselves.
	Persistent bool
}

// Assets are scripts and styles to bundle. Paths are relative to the service's
// directory.
type Assets struct {
	Entry             []string
	OutputDir         string
	Minify, Sourcemap bool
}

// Poll is when to look at files instead of waiting for events. The zero
// value is "auto": when events cannot be had.
type Poll struct {
	Never bool
	Every time.Duration
}

// Handoff is how sockets reach the service.
type Handoff struct {
	By HandoffBy
	// Rolling replaces workers one after the other.
	Rolling bool
	// Hold is how long a new connection waits that is relayed, while nothing is ready.
	Hold time.Duration
	// Proxy: a relayed connection begins with a header of the PROXY protocol.
	Proxy  bool
	Canary Canary
}

// HandoffBy is a way of giving sockets away: one of these, or the name of a
// handoff.Protocol.
type HandoffBy string

const (
	HandoffAuto    HandoffBy = "auto"
	HandoffSystemd HandoffBy = "systemd"
	HandoffAdopt   HandoffBy = "adopt"
	HandoffRelay   HandoffBy = "relay"
	HandoffRestart HandoffBy = "restart"
)

// Ready is how a new generation shows that it can serve.
type Ready struct {
	// Preflight is a program that exits with 0 if the new version may be started.
	// It has Timeout.
	Preflight []string
	By        ReadyBy
	Timeout   time.Duration
	// After is how long a process must stay alive for ReadyAlive.
	After time.Duration
	// Confirm is how long a ready generation must hold before the previous
	// one drains; if it crashes until then, that one stays.
	Confirm time.Duration
	// Check is what it must go on to pass meanwhile.
	Check ReadyCheck
	// HTTP is a URL, or a path on the service's first tcp socket.
	HTTP string
	// TCP is host:port. Empty means the service's first tcp socket.
	TCP  string
	Exec []string
	// Watchdog is the longest that a ready process may be silent: it is told
	// WATCHDOG_USEC. 0: it need not speak.
	Watchdog time.Duration
}

// ReadyBy is a sign of readiness.
type ReadyBy string

const (
	ReadyAuto   ReadyBy = "auto"
	ReadyNotify ReadyBy = "notify"
	ReadyHTTP   ReadyBy = "http"
	ReadyTCP    ReadyBy = "tcp"
	ReadyExec   ReadyBy = "exec"
	ReadyAlive  ReadyBy = "alive"
)

// Longest is how long it may take from the artifact to the verdict.
func (r Ready) Longest() time.Duration {
	d := r.Timeout + r.Confirm
	if len(r.Preflight) > 0 {
		d += r.Timeout
	}
	if r.Check != CheckNone {
		d += lastCheck
	}
	return d
}

// lastCheck is what the last check of a confirmation may take.
const lastCheck = 5 * time.Second

// ReadyCheck is what a generation is asked while it is confirmed.
type ReadyCheck string

const (
	CheckNone ReadyCheck = "none"
	CheckHTTP ReadyCheck = "http" // Ready.HTTP
	CheckExec ReadyCheck = "exec" // Ready.Exec
)

// Drain is how an old generation ends.
type Drain struct {
	Signal syscall.Signal
	// Timeout is how long after Signal the process tree is killed.
	Timeout time.Duration
	// Max is how many generations may drain at once. 0: any number.
	Max int
}

// Equal tells whether the same thing would be run: if so, a changed config
// needs no handoff. What only the supervisor acts on (watch, rules, assets, ready,
// the drain signal and how many may drain, whether the handoff is rolling, how long
// connections are held, what is verified, the build's timeout and what it keeps) may differ. The drain timeout and the
// watchdog may not: a process is told them when it starts.
func (s Service) Equal(o Service) bool {
	return s.Name == o.Name &&
		s.Package == o.Package &&
		s.Dir == o.Dir &&
		s.Workers == o.Workers &&
		s.Logs == o.Logs &&
		s.Stdin == o.Stdin &&
		s.Once == o.Once &&
		s.Handoff.By == o.Handoff.By &&
		s.Handoff.Proxy == o.Handoff.Proxy &&
		s.Drain.Timeout == o.Drain.Timeout &&
		s.Ready.Watchdog == o.Ready.Watchdog &&
		slices.Equal(s.Listen, o.Listen) &&
		slices.Equal(s.Command, o.Command) &&
		slices.Equal(s.Args, o.Args) &&
		slices.Equal(s.Env, o.Env) &&
		slices.Equal(s.Shell, o.Shell) &&
		s.Verify.none() == o.Verify.none() && // what is verified is a copy
		s.Privileges.equal(o.Privileges) &&
		s.Limits.equal(o.Limits) &&
		s.Build.equal(o.Build)
}

func (b Build) equal(o Build) bool {
	return b.Command == o.Command &&
		b.Output == o.Output &&
		b.Debug == o.Debug &&
		slices.Equal(b.Flags, o.Flags) &&
		slices.Equal(b.Before, o.Before) &&
		slices.Equal(b.After, o.After)
}
