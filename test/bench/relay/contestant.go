//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// patience bounds every wait.
const patience = 20 * time.Second

// contestant passes connections on.
type contestant struct {
	name    string
	addr    string
	results map[string][]result // by work
}

// streams is where Debian has the module.
const streams = "/usr/lib/nginx/modules/ngx_stream_module.so"

// contestants starts all that are installed, the supervisor first, and what they pass
// connections on to. "directly" passes nothing on.
func contestants(ctx context.Context, dir, supervisor string) (all []*contestant, end func(), err error) {
	var ends []func()
	end = func() {
		for _, f := range ends {
			f()
		}
	}
	start := func(name, addr string, env []string, words ...string) error {
		stop, err := begin(dir, name, env, words...)
		if err != nil {
			return err
		}
		ends = append(ends, stop)
		return answers(ctx, dir, name, addr)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, end, err
	}
	back := free()
	if err := start("service", back, []string{"PORT=" + portOf(back)}, self, serveWord); err != nil {
		return nil, end, err
	}
	for _, c := range []struct {
		name  string
		why   string // it is left out; "": it is not
		words func(addr string) ([]string, error)
	}{
		{"supervisor", "", func(addr string) ([]string, error) {
			config := filepath.Join(dir, "supervisor.toml")
			return []string{supervisor, "run", "--control", filepath.Join(dir, "control"), "-c", config}, os.WriteFile(config, fmt.Appendf(nil,
				"[services.web]\nlisten = [\"http=tcp://%s\"]\ncommand = [%q, %q]\nhandoff.by = \"relay\"\n", addr, self, serveWord), 0o600)
		}},
		{"nginx", missing("nginx", streams, "nginx-light libnginx-mod-stream"), func(addr string) ([]string, error) {
			config := filepath.Join(dir, "nginx.conf")
			return []string{"nginx", "-c", config, "-e", filepath.Join(dir, "nginx.error"), "-g", "daemon off;"}, os.WriteFile(config, fmt.Appendf(nil,
				"load_module %s;\npid %s;\nworker_processes auto;\nevents { worker_connections 4096; }\nstream { server { listen %s backlog=4096; proxy_pass %s; } }\n",
				streams, filepath.Join(dir, "nginx.pid"), addr, back), 0o600)
		}},
		{"haproxy", missing("haproxy", "/", "haproxy"), func(addr string) ([]string, error) {
			config := filepath.Join(dir, "haproxy.cfg")
			return []string{"haproxy", "-db", "-f", config}, os.WriteFile(config, fmt.Appendf(nil,
				"global\n  maxconn 4096\ndefaults\n  mode tcp\n  timeout connect 10s\n  timeout client 1m\n  timeout server 1m\nlisten web\n  bind %s\n  server back %s\n", addr, back), 0o600)
		}},
	} {
		if c.why != "" {
			fmt.Fprintln(os.Stderr, "relay:", c.name, "is left out:", c.why)
			continue
		}
		addr := free()
		words, err := c.words(addr)
		if err != nil {
			return nil, end, err
		}
		if err := start(c.name, addr, nil, words...); err != nil {
			return nil, end, err
		}
		all = append(all, &contestant{c.name, addr, map[string][]result{}})
	}
	return append(all, &contestant{"directly", back, map[string][]result{}}), end, nil
}

func missing(program, file, packages string) string {
	_, err := exec.LookPath(program)
	if _, none := os.Stat(file); err != nil || none != nil {
		return "it is not installed\nrelay: hint: apt-get install " + packages
	}
	return ""
}

// begin starts a program, and returns what ends it.
func begin(dir, name string, env []string, words ...string) (stop func(), err error) {
	log, err := os.Create(filepath.Join(dir, name+".log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Stdout, cmd.Stderr, cmd.Env = log, log, append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM} // a Ctrl-C is for the benchmark
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	exited := make(chan struct{})
	go func() { defer close(exited); cmd.Wait() }()
	return func() {
		cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-exited:
		case <-time.After(patience):
			cmd.Process.Kill()
			<-exited
		}
	}, nil
}

// answers waits until the service answers there.
func answers(ctx context.Context, dir, name, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		if c, err := dial(addr); err == nil {
			err = c.echo()
			c.Close()
			if err == nil {
				return nil
			}
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			said, _ := os.ReadFile(filepath.Join(dir, name+".log"))
			return fmt.Errorf("%s does not answer at %s; it said:\n%s", name, addr, said)
		}
	}
}

// free is an address at which nobody listens.
func free() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	fail(err)
	defer l.Close()
	return l.Addr().String()
}

func portOf(addr string) string {
	_, port, _ := net.SplitHostPort(addr)
	return port
}
