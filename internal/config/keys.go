package config

import (
	"fmt"
	"strings"
)

// Key is one thing that can be configured.
type Key struct {
	// Name has NAME where any name stands.
	Name string
	Type Type
	// Default is empty if there is none.
	Default string
	// RunDefault is set if Run has another default than Dev.
	RunDefault string
	// Choices are the allowed words of a Choice.
	Choices []string
	// Positive durations and numbers must be above 0.
	Positive bool
	Help     string
}

// Type is what kind of value a key takes.
type Type string

const (
	Text      Type = "string"
	Strings   Type = "list of strings"
	Table     Type = "table of strings"
	Number    Type = "whole number"
	Bool      Type = "true or false"
	Choice    Type = "choice"
	Duration  Type = "duration"
	Polling   Type = "choice or duration"
	Logging   Type = "choice or file:PATH"
	Signal    Type = "signal"
	Addresses Type = "list of addresses"
	Bind      Type = "address"
	Endpoint  Type = "URL or path"
	HostPort  Type = "host:port"

	Capabilities Type = "list of capabilities"
	Limit        Type = "limit"
	Size         Type = "size"
	Percent      Type = "percentage"
	Nice         Type = "-20 to 19"
	OOM          Type = "-1000 to 1000"
	IO           Type = "I/O class"
	Umask        Type = "octal number"
	Share        Type = "1 to 50"
)

// Keys are all keys, in the order of the README. A profile takes the same
// ones below profiles.NAME.
func Keys() []Key {
	return []Key{
		{Name: "services.NAME.listen", Type: Addresses, Help: "sockets to hold, each as [name=]address"},
		{Name: "services.NAME.package", Type: Text, Help: "Go package to build and run, relative to dir"},
		{Name: "services.NAME.command", Type: Strings, Help: "program to run, instead of a package"},
		{Name: "services.NAME.args", Type: Strings, Help: "arguments added to the package or command"},
		{Name: "services.NAME.dir", Type: Text, Default: ".", Help: "where the service is built and run, relative to the first config file"},
		{Name: "services.NAME.env", Type: Table, Help: "variables added to the environment"},
		{Name: "services.NAME.env_files", Type: Strings, Help: "files of KEY=value lines, below env, relative to the first config file"},
		{Name: "services.NAME.user", Type: Text, Help: "user whom the service runs as, by name or number; its groups come with it"},
		{Name: "services.NAME.group", Type: Text, Help: "group whom it runs as, by name or number, instead of the user's own"},
		{Name: "services.NAME.umask", Type: Umask, Help: "permissions that the files it makes do not get, such as \"0027\""},
		{Name: "services.NAME.no_new_privs", Type: Bool, Help: "whether nothing that it executes gains privileges; without it, true if user is another one than the supervisor's"},
		{Name: "services.NAME.capabilities", Type: Capabilities, Help: "all that it has and can get, such as \"net_bind_service\"; without it, those of its user"},
		{Name: "services.NAME.limits.nofile", Type: Limit, Help: "open files"},
		{Name: "services.NAME.limits.nproc", Type: Limit, Help: "processes of its user; on Windows of one worker"},
		{Name: "services.NAME.limits.core", Type: Limit, Help: "size of a core file"},
		{Name: "services.NAME.limits.memlock", Type: Limit, Help: "memory that it may lock"},
		{Name: "services.NAME.limits.stack", Type: Limit, Help: "size of a stack"},
		{Name: "services.NAME.limits.as", Type: Limit, Help: "address space"},
		{Name: "services.NAME.limits.data", Type: Limit, Help: "size of its data"},
		{Name: "services.NAME.limits.fsize", Type: Limit, Help: "size of a file that it writes"},
		{Name: "services.NAME.limits.nice", Type: Nice, Help: "nice value; a lower one gets more of the processors"},
		{Name: "services.NAME.limits.io", Type: IO, Help: "how it stands in the queue of disks: \"idle\", \"best-effort:LEVEL\" or \"realtime:LEVEL\", from 0, the first, to 7"},
		{Name: "services.NAME.limits.oom", Type: OOM, Help: "OOM score; the higher, the sooner it is killed for want of memory"},
		{Name: "services.NAME.limits.memory", Type: Size, Help: "memory of all processes of one worker together, by a control group or a job object"},
		{Name: "services.NAME.limits.cpu", Type: Percent, Help: "time of one processor that they may use, such as \"150%\", by a control group or a job object"},
		{Name: "services.NAME.workers", Type: Number, Default: "1", Positive: true, Help: "processes of a generation"},
		{Name: "services.NAME.logs", Type: Logging, Default: "prefix", RunDefault: "inherit", Choices: []string{"inherit", "prefix", "json"}, Help: "where output goes: as it is, with the service's name before each line, as one object a line, or to a file, relative to dir"},
		{Name: "services.NAME.stdin", Type: Bool, Default: "false", Help: "whether it reads the terminal, if dev has one"},
		{Name: "services.NAME.once", Type: Bool, Default: "false", Help: "whether it is done when it ends with exit code 0, instead of being started again"},
		{Name: "services.NAME.shell", Type: Strings, Help: "program that gets each shell command as its last argument, such as [\"powershell\", \"-Command\"]; without it, sh, on Windows cmd"},
		{Name: "services.NAME.build.command", Type: Text, Help: "shell command that builds, instead of the Go build"},
		{Name: "services.NAME.build.output", Type: Text, Help: "executable that build.command makes, relative to dir; without it, command runs as it stands"},
		{Name: "services.NAME.build.flags", Type: Strings, Help: "flags of go build"},
		{Name: "services.NAME.build.debug", Type: Bool, Default: "false", RunDefault: "true", Help: "whether the Go build keeps what debuggers need; without it, linking is faster"},
		{Name: "services.NAME.build.before", Type: Strings, Help: "shell commands to run before the build"},
		{Name: "services.NAME.build.after", Type: Strings, Help: "shell commands to run after the build"},
		{Name: "services.NAME.build.timeout", Type: Duration, Default: "10m", Positive: true, Help: "how long a build may take"},
		{Name: "services.NAME.build.keep", Type: Number, Default: "10", RunDefault: "3", Help: "earlier artifacts to keep, beside those in use"},
		{Name: "services.NAME.verify.sha256", Type: Strings, Help: "SHA-256 sums, of which the executable must have one"},
		{Name: "services.NAME.verify.minisign", Type: Text, Help: "minisign public key that must have signed the executable: beside it lies its signature, FILE.minisig"},
		{Name: "services.NAME.watch.paths", Type: Strings, Help: "what to watch; without it, what the package is built from, or dir"},
		{Name: "services.NAME.watch.include", Type: Strings, Help: "patterns of files that count; without it, all"},
		{Name: "services.NAME.watch.exclude", Type: Strings, Help: "patterns of files that do not count"},
		{Name: "services.NAME.watch.poll", Type: Polling, Default: "auto", Choices: []string{"auto", "never"}, Help: "when to look at files instead of waiting for events"},
		{Name: "services.NAME.assets.entry", Type: Strings, Help: "scripts and styles that dev bundles with esbuild"},
		{Name: "services.NAME.assets.output_dir", Type: Text, Default: "dist", Help: "where the bundles go, relative to dir"},
		{Name: "services.NAME.assets.minify", Type: Bool, Default: "false", Help: "whether bundles are minified"},
		{Name: "services.NAME.assets.sourcemap", Type: Bool, Default: "false", Help: "whether bundles have source maps"},
		{Name: "services.NAME.rules.NAME.command", Type: Text, Help: "shell command that dev runs when files of the rule change"},
		{Name: "services.NAME.rules.NAME.paths", Type: Strings, Help: "directories and files of the rule; without it, dir"},
		{Name: "services.NAME.rules.NAME.include", Type: Strings, Help: "patterns of its files; without it, all"},
		{Name: "services.NAME.rules.NAME.exclude", Type: Strings, Help: "patterns of files that are not its own"},
		{Name: "services.NAME.rules.NAME.persistent", Type: Bool, Help: "whether the command watches for itself: then it is started once, and ended with dev"},
		{Name: "services.NAME.handoff.by", Type: Choice, Default: "auto", Choices: handoffs(), Help: "how sockets reach the service"},
		{Name: "services.NAME.handoff.rolling", Type: Bool, Default: "false", Help: "whether workers are replaced one after the other, so that memory does not double"},
		{Name: "services.NAME.handoff.hold", Type: Duration, Default: "30s", Positive: true, Help: "relay: how long a new connection waits while nothing is ready, before it is closed"},
		{Name: "services.NAME.handoff.proxy", Type: Bool, Default: "false", Help: "relay: whether each connection begins with a header of the PROXY protocol, version 2, that tells the client's address"},
		{Name: "services.NAME.handoff.canary.share", Type: Share, Help: "percent of new connections that a new version gets first, while the old one has the others"},
		{Name: "services.NAME.handoff.canary.for", Type: Duration, Default: "30s", Positive: true, Help: "how long; if it fails until then, the old one gets all of them again"},
		{Name: "services.NAME.handoff.canary.check", Type: Strings, Help: "program that must exit with 0 meanwhile, again and again"},
		{Name: "services.NAME.ready.preflight", Type: Strings, Help: "program that must exit with 0 before a new version is given any socket"},
		{Name: "services.NAME.ready.by", Type: Choice, Default: "auto", Choices: []string{"auto", "notify", "http", "tcp", "exec", "alive"}, Help: "what shows that a new generation can serve"},
		{Name: "services.NAME.ready.timeout", Type: Duration, Default: "60s", Positive: true, Help: "how long it may take to get ready"},
		{Name: "services.NAME.ready.after", Type: Duration, Default: "1s", Help: "how long it must stay alive for alive"},
		{Name: "services.NAME.ready.confirm", Type: Duration, Default: "0s", Help: "how long a ready version must hold before the previous one drains"},
		{Name: "services.NAME.ready.check", Type: Choice, Default: "none", Choices: []string{"none", "http", "exec"}, Help: "what it must go on to pass meanwhile, every second: ready.http or ready.exec"},
		{Name: "services.NAME.ready.http", Type: Endpoint, Default: "/", Help: "what to ask for http: a URL, or a path on the first tcp socket"},
		{Name: "services.NAME.ready.tcp", Type: HostPort, Help: "where to connect for tcp; without it, the first tcp socket"},
		{Name: "services.NAME.ready.exec", Type: Strings, Help: "program that exits with 0 once the service is ready"},
		{Name: "services.NAME.ready.watchdog", Type: Duration, Default: "0s", Help: "longest silence of a process that was told to send WATCHDOG=1; 0s: it need not"},
		{Name: "services.NAME.drain.signal", Type: Signal, Default: "auto", Choices: []string{"auto"}, Help: "what tells an old generation to end; auto: TERM, or what the protocol of the handoff has"},
		{Name: "services.NAME.drain.timeout", Type: Duration, Default: "30s", Help: "how long it may take before it is killed"},
		{Name: "services.NAME.drain.max", Type: Number, Default: "0", Help: "how many generations may drain at once before the oldest is killed; 0: any number"},
		{Name: "dev.browser", Type: Bind, Help: "address of a proxy that reloads pages and shows build errors in them"},
		{Name: "dev.app", Type: HostPort, Help: "where the proxy sends requests; without it, the first tcp socket"},
		{Name: "dev.clear", Type: Bool, Default: "false", Help: "whether the terminal is cleared before each build"},
	}
}

// MaxNumber is the most that a Number may be: there is hardly use for more workers.
const MaxNumber = 1024

// least is what a Number has to be.
func (k Key) least() int {
	if k.Positive {
		return 1
	}
	return 0
}

// Allowed says in words what the key takes.
func (k Key) Allowed() string {
	switch k.Type {
	case Strings:
		return "a list of strings"
	case Table:
		return "a table of strings"
	case Number:
		return fmt.Sprintf("a whole number from %d to %d", k.least(), MaxNumber)
	case Bool:
		return "true or false"
	case Bind:
		return `an address such as ":8090"`
	case Choice:
		return "one of " + quoted(k.Choices)
	case Duration:
		if k.Positive {
			return `a duration above 0 such as "30s"`
		}
		return `a duration such as "30s"`
	case Logging:
		return quoted(k.Choices) + ` or a file such as "file:/var/log/web.log"`
	case Polling:
		return quoted(k.Choices) + ` or a duration such as "500ms"`
	case Signal:
		return quoted(k.Choices) + ` or a signal such as "TERM"`
	case Addresses:
		return `a list of addresses such as ["http=tcp://:8080"]`
	case Endpoint:
		return `a URL or a path such as "/healthz"`
	case Capabilities:
		return `a list of capabilities such as ["net_bind_service"]`
	case Limit:
		return `a number, a size such as "64M", "unlimited", or two of them as "soft:hard"`
	case Size:
		return `a size such as "512M"`
	case Percent:
		return `a percentage such as "150%"`
	case Nice:
		return fmt.Sprintf("a whole number from %d to %d", minNice, maxNice)
	case OOM:
		return fmt.Sprintf("a whole number from %d to %d", minOOM, maxOOM)
	case Share:
		return fmt.Sprintf("a whole number from %d to %d", minShare, maxShare)
	case IO:
		return `"idle", "best-effort:0" to "best-effort:7", or "realtime:0" to "realtime:7"`
	case Umask:
		return `an octal number in quotes such as "0027"`
	case HostPort:
		return `an address such as "127.0.0.1:8080"`
	default:
		return "a string"
	}
}

func quoted(words []string) string { return `"` + strings.Join(words, `", "`) + `"` }

// value is what the key has if nobody sets it, or nil.
func (k Key) value(m Mode) any {
	switch {
	case m == Run && k.RunDefault != "":
		return k.RunDefault
	case k.Default != "":
		return k.Default
	default:
		return nil
	}
}
