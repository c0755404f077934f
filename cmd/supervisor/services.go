package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-27ba25bb/supervisor/internal/cgroup"
	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/dev"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
	"github.com/seed-27ba25bb/supervisor/internal/verify"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
	"github.com/seed-27ba25bb/supervisor/pkg/watch"
)

// apply makes the config the one in force, and returns the services that run
// something else by it. On an error the one before stays.
func (d *daemon) apply(ctx context.Context, conf *config.Config) (changed []string, err error) {
	var services []supervise.Service
	for _, c := range conf.Services {
		services = append(services, d.service(c))
	}
	if changed, err = d.Apply(ctx, services); err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.conf = conf
	d.mu.Unlock()
	d.yield(conf)
	if d.side != nil {
		// It outlives whoever asked for the config.
		if err := d.side.Update(context.WithoutCancel(ctx), conf); err != nil {
			d.notice(err.Error())
		}
	}
	return changed, nil
}

// warn tells of settings that have no effect, once. It is for whoever holds
// d.configuring.
func (d *daemon) warn(conf *config.Config) {
	for _, w := range conf.Warnings {
		if !d.warned[w] {
			d.warned[w] = true
			d.notice(w)
		}
	}
}

// service is a service of the config in the terms of what runs it.
func (d *daemon) service(c config.Service) supervise.Service {
	s := supervise.Service{
		Name:    c.Name,
		Sockets: c.Listen,
		Policy: lifecycle.Policy{
			Workers: c.Workers, ReadyTimeout: c.Ready.Timeout, Confirm: c.Ready.Confirm,
			Rolling: c.Handoff.Rolling, DrainTimeout: c.Drain.Timeout, DrainMax: c.Drain.Max, Watchdog: c.Ready.Watchdog,
			Once:    c.Once,
			Canary:  tried(c.Handoff.Canary),
			Examine: examined(c), Check: c.Ready.Check != config.CheckNone,
		},
		Build:    d.buildOptions(c),
		Command:  c.Command,
		Args:     c.Args,
		Dir:      c.Dir,
		Env:      c.Env,
		Settings: privileges(c),
		Group:    cgroup.Limits{Memory: c.Limits.Memory, CPU: c.Limits.CPU},
		Login:    login(c.Privileges.Account),
		Prefix:   d.shown(c),
		Sink:     d.sunk(c),
		Protocol: c.Protocol(),
		Relay:    relaying(c),
		Restart:  c.Handoff.By == config.HandoffRestart,
		Overlap:  c.Handoff.By == config.HandoffSystemd,
		Adopt:    c.Handoff.By == config.HandoffAdopt,
		Ready: supervise.Readiness{
			By: string(c.Ready.By), After: c.Ready.After,
			HTTP: probeURL(c), TCP: probeAddress(c), Own: asksOwn(c), Exec: c.Ready.Exec, Check: string(c.Ready.Check),
		},
		Verify:    verify.Rules{SHA256: c.Verify.SHA256, Minisign: c.Verify.Minisign},
		Preflight: c.Ready.Preflight,
		Canary:    c.Handoff.Canary.Check,
		Signal:    c.Drain.Signal,
		Same:      nil,
	}
	s.Same = func(o supervise.Service) bool { return sameService(c, o) }
	s.Origin = c
	s.Stdin = c.Stdin && d.settings.mode == config.Dev
	if d.settings.mode == config.Dev {
		s.Watch = watchPaths(c)
	}
	if d.debugger != nil {
		d.debugger.wrap(&s)
	}
	return s
}

// relaying is how connections are passed on to a service, nil if they are not.
func relaying(c config.Service) *supervise.Relaying {
	if !c.Relayed() {
		return nil
	}
	return &supervise.Relaying{Hold: c.Handoff.Hold, Proxy: c.Handoff.Proxy}
}

// asksOwn reports whether a probe is for the port that each process of the service was
// given: it names no other place.
func asksOwn(c config.Service) bool {
	if c.Ready.By == config.ReadyTCP {
		return c.Relayed() && c.Ready.TCP == ""
	}
	return c.Relayed() && strings.HasPrefix(c.Ready.HTTP, "/")
}

// examined reports whether there is something to examine before a version starts.
func examined(c config.Service) bool {
	return len(c.Ready.Preflight) > 0 || len(c.Verify.SHA256) > 0 || c.Verify.Minisign != ""
}

// tried is how a version is tried before it gets all connections.
func tried(c config.Canary) lifecycle.Canary {
	if c.Share == 0 {
		return lifecycle.Canary{}
	}
	return lifecycle.Canary{For: c.For, Share: c.Share}
}

func sameService(c config.Service, o supervise.Service) bool {
	other, ok := o.Origin.(config.Service)
	return ok && c.Equal(other)
}

func (d *daemon) buildOptions(c config.Service) rebuild.Options {
	o := rebuild.Options{
		Dir: c.Dir, Command: c.Build.Command, Output: c.Build.Output, Flags: c.Build.Flags,
		Shell: c.Shell, Before: c.Build.Before, After: c.Build.After, Timeout: c.Build.Timeout,
		Env: append(handoff.StripEnv(os.Environ()), c.Env...), Name: c.Name, Store: d.artifactDir(c.Dir),
		Debug: c.Build.Debug, Keep: c.Build.Keep, Fast: d.settings.mode == config.Dev,
		Linkers: filepath.Join(cacheDir(), "linkers"),
	}
	if c.Build.Command == "" {
		o.Package = c.Package
	} else if len(c.Command) > 0 && c.Build.Output == "" {
		o.Runs = c.Command[0]
	}
	return o
}

// artifactDir keeps the artifacts of a project between runs. Another supervisor has
// another place, and so its own: it must not remove what this one runs.
func (d *daemon) artifactDir(dir string) string {
	sum := sha256.Sum256([]byte(d.place + "\x00" + dir))
	return filepath.Join(cacheDir(), filepath.Base(dir)+"-"+hex.EncodeToString(sum[:5]))
}

// cacheDir is systemd's CacheDirectory= if there is one, else the user's.
func cacheDir() string {
	if dir, _, _ := strings.Cut(os.Getenv("CACHE_DIRECTORY"), ":"); dir != "" {
		return dir
	}
	if dir, err := os.UserCacheDir(); err == nil {
		return filepath.Join(dir, "supervisor")
	}
	return "/var/cache/supervisor"
}

// watchPaths: a Go package is followed by what it is built from, everything else
// by the files in its directory, less what the build makes.
func watchPaths(c config.Service) *supervise.WatchPaths {
	w := &supervise.WatchPaths{Options: watch.Options{
		Dir: c.Dir, Paths: c.Watch.Paths, Include: c.Watch.Include, Exclude: slices.Clone(c.Watch.Exclude),
		Poll: c.Watch.Poll.Every,
	}}
	if c.Watch.Poll.Never {
		w.Poll = watch.PollNever
	}
	w.Exclude = append(w.Exclude, dev.RuleFiles(c)...)
	if c.Build.Output != "" {
		w.Exclude = append(w.Exclude, filepath.ToSlash(filepath.Clean(c.Build.Output)))
	}
	if len(w.Paths) == 0 {
		w.Graph = c.Package != "" && c.Build.Command == ""
		if !w.Graph {
			w.Paths = []string{"."}
		}
	}
	return w
}

// probeURL completes a path with the address of the first tcp socket.
func probeURL(c config.Service) string {
	if strings.HasPrefix(c.Ready.HTTP, "/") {
		return "http://" + cmp.Or(firstTCP(c.Listen), "localhost") + c.Ready.HTTP
	}
	return c.Ready.HTTP
}

func probeAddress(c config.Service) string {
	if c.Ready.TCP != "" {
		return c.Ready.TCP
	}
	return firstTCP(c.Listen)
}

// firstTCP is where a client on this host reaches the first tcp socket.
func firstTCP(all []listener.Address) string {
	for _, a := range all {
		if strings.HasPrefix(a.Network, "tcp") {
			return reachable(a.Addr)
		}
	}
	return ""
}

// reachable is an address that a client on this host can connect to.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}
