package config

import (
	"maps"
	"slices"
	"syscall"
	"time"

	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// assemble makes a Config of clean layers, unless there is any fault.
func (l *loader) assemble() (*Config, error) {
	services := l.firsts()
	m, err := merge(append([]*layer{l.defaults(l.names())}, l.layers...))
	if err != nil {
		return nil, &Error{Problem: "layers do not merge", cause: err}
	}
	l.reportUnset(m)
	cfg := &Config{}
	sockets := newSockets()
	dev := l.reader(m, path{devKey}, place{})
	cfg.Dev = dev.dev()
	for _, service := range services {
		r := l.serviceReader(m, service)
		s := r.settle()
		s.stops()
		sockets.claim(r, &s)
		environment := r.environment()
		s.Env = environment.resolved()
		cfg.Services = append(cfg.Services, s)
		cfg.Warnings = append(cfg.Warnings, r.rules(s)...)
		cfg.settings = append(cfg.settings, r.explain(environment)...)
	}
	cfg.settings = append(cfg.settings, dev.explain(nil)...)
	if len(services) == 0 && len(l.problems.found) == 0 {
		l.problems.add(l.firstFile(), "", wrong("no service is configured").hinted("add [services.NAME] with a package or a command"))
	}
	if err := l.problems.err(); err != nil {
		return nil, err
	}
	slices.Sort(l.files)
	cfg.Files = slices.Compact(l.files)
	return cfg, nil
}

// firstFile is the place to name when something is missing from all files.
func (l *loader) firstFile() place {
	if len(l.Files) == 0 {
		return place{}
	}
	return place{file: l.Files[0]}
}

// reportUnset tells of variables that are missing, where the value counts.
func (l *loader) reportUnset(m merged) {
	for _, id := range slices.Sorted(maps.Keys(m.owner)) {
		owner := m.owner[id]
		if f, ok := owner.unset[id]; ok {
			c := checker{owner, l.vars, &l.problems, l.broken}
			c.report(pathFrom(id), f)
		}
	}
}

// dev reads what is about dev and no service.
func (r reader) dev() DevOptions {
	return DevOptions{
		Browser: get[listener.Address](r, "browser"),
		App:     get[string](r, "app"),
		Clear:   get[bool](r, "clear"),
	}
}

// rulesOf reads the rules of a service.
func (r reader) rulesOf() []Rule {
	tables, _ := r.values.Get(r.path(rulesKey).id()).(map[string]any)
	var rules []Rule
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		rule := r.loader.reader(r.merged, r.path(rulesKey, name), r.service.at)
		rules = append(rules, Rule{
			Name:       name,
			Command:    get[string](rule, "command"),
			Paths:      get[[]string](rule, "paths"),
			Include:    get[[]string](rule, "include"),
			Exclude:    get[[]string](rule, "exclude"),
			Persistent: get[bool](rule, "persistent"),
		})
		if !rule.isSet("command") && !rule.isBrokenBelow() {
			r.problems.add(rule.firstPlace(), rule.root.String(), wrong("no command is set").hinted("say what to run when its files change"))
		}
	}
	return rules
}

// settle reads all keys but env and env_files.
func (r reader) settle() Service {
	return Service{
		Name:       r.service.name,
		Listen:     get[[]listener.Address](r, "listen"),
		Package:    get[string](r, "package"),
		Command:    get[[]string](r, "command"),
		Args:       get[[]string](r, "args"),
		Dir:        resolve(r.base, get[string](r, "dir")),
		Privileges: r.privileges(),
		Limits:     r.limits(),
		Workers:    get[int](r, "workers"),
		Logs:       Logs(get[string](r, "logs")),
		Stdin:      get[bool](r, "stdin"),
		Once:       get[bool](r, "once"),
		Shell:      get[[]string](r, "shell"),
		Build: Build{
			Command: get[string](r, "build.command"),
			Output:  get[string](r, "build.output"),
			Flags:   get[[]string](r, "build.flags"),
			Debug:   get[bool](r, "build.debug"),
			Before:  get[[]string](r, "build.before"),
			After:   get[[]string](r, "build.after"),
			Timeout: get[time.Duration](r, "build.timeout"),
			Keep:    get[int](r, "build.keep"),
		},
		Verify: Verify{
			SHA256:   get[[]string](r, "verify.sha256"),
			Minisign: get[string](r, "verify.minisign"),
		},
		Watch: Watch{
			Paths:   get[[]string](r, "watch.paths"),
			Include: get[[]string](r, "watch.include"),
			Exclude: get[[]string](r, "watch.exclude"),
			Poll:    get[Poll](r, "watch.poll"),
		},
		Assets: Assets{
			Entry:     get[[]string](r, "assets.entry"),
			OutputDir: get[string](r, "assets.output_dir"),
			Minify:    get[bool](r, "assets.minify"),
			Sourcemap: get[bool](r, "assets.sourcemap"),
		},
		Rules: r.rulesOf(),
		Handoff: Handoff{
			By:      HandoffBy(get[string](r, "handoff.by")),
			Rolling: get[bool](r, "handoff.rolling"),
			Hold:    get[time.Duration](r, "handoff.hold"),
			Proxy:   get[bool](r, "handoff.proxy"),
			Canary:  r.canary(),
		},
		Ready: Ready{
			By:       ReadyBy(get[string](r, "ready.by")),
			Timeout:  get[time.Duration](r, "ready.timeout"),
			After:    get[time.Duration](r, "ready.after"),
			Watchdog: get[time.Duration](r, "ready.watchdog"),
			Confirm:  get[time.Duration](r, "ready.confirm"),
			Check:    ReadyCheck(get[string](r, "ready.check")),

			Preflight: get[[]string](r, "ready.preflight"),
			HTTP:      get[string](r, "ready.http"),
			TCP:       get[string](r, "ready.tcp"),
			Exec:      get[[]string](r, "ready.exec"),
		},
		Drain: Drain{
			Signal:  get[syscall.Signal](r, "drain.signal"),
			Timeout: get[time.Duration](r, "drain.timeout"),
			Max:     get[int](r, "drain.max"),
		},
	}
}
