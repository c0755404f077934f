//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// contestants are all that are to be had. The supervisor comes first.
func (b *bench) contestants() []*contestant {
	all := []*contestant{{name: "supervisor", signal: syscall.SIGHUP, command: func(addr string) []string {
		return []string{b.supervisor, "run", "--control", filepath.Join(b.dir, "control"), "--listen", "http=tcp://" + addr, "--", b.service, "-by", "supervisor", "-addr", "http"}
	}}, {name: "tableflip", alone: true, signal: syscall.SIGHUP, command: func(addr string) []string {
		return []string{b.service, "-by", "tableflip", "-addr", addr}
	}}}
	if b.overseer != "" {
		all = append(all, &contestant{name: "overseer", signal: syscall.SIGUSR2, command: func(addr string) []string {
			return []string{b.overseer, addr}
		}})
	}
	if starter, err := exec.LookPath("start_server"); err == nil {
		all = append(all, &contestant{name: "Server::Starter", signal: syscall.SIGHUP, command: func(addr string) []string {
			return []string{starter, "--port", addr, "--", b.service, "-by", "starter"}
		}})
	} else {
		leftOut("Server::Starter", "apt-get install libserver-starter-perl")
	}
	if nginx, err := exec.LookPath("nginx"); err == nil {
		all = append(all, &contestant{name: "nginx, reload", signal: syscall.SIGHUP, command: func(addr string) []string {
			return []string{nginx, "-p", b.dir, "-e", "stderr", "-c", b.nginxConfig(addr)}
		}})
	} else {
		leftOut("nginx", "apt-get install nginx-light")
	}
	return all
}

func leftOut(name, hint string) {
	fmt.Fprintf(os.Stderr, "upgrades: %s is left out: it is not installed\nupgrades: hint: %s\n", name, hint)
}

// nginxConfig has one worker, which names itself.
func (b *bench) nginxConfig(addr string) string {
	file := filepath.Join(b.dir, "nginx.conf")
	text := fmt.Sprintf(`daemon off;
worker_processes 1;
pid nginx.pid;
events {}
http {
	access_log off;
	server { listen %s; location / { add_header X-Version $pid; return 200 "hello"; } }
}
`, addr)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, "upgrades:", err)
	}
	return file
}

// buildOverseer builds the service that upgrades itself with overseer, in its module.
func (b *bench) buildOverseer(ctx context.Context, module string) {
	program := filepath.Join(b.dir, "overseer")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, "./overseer")
	cmd.Dir, cmd.Env = filepath.Join(module, "test", "real", "servers"), append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "upgrades: overseer is left out: cannot build it: %v\n%s", err, out)
		return
	}
	b.overseer = program
}
