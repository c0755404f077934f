//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A check that fails while the new version is confirmed ends it, and the old one never
// left; one that passes lets it in.
func TestCheck(t *testing.T) {
	t.Parallel()
	s := running(t, service(`ready = { confirm = "200ms", check = "exec", exec = ["./check"] }`), "v1")
	s.script("check", "echo the queue is not reached >&2; exit 3")
	s.behave("v2")
	s.answers(5, "web: rolled back: a check failed before it was confirmed: cannot probe by ./check: exit status 3: the queue is not reached; generation 1 serves", "reload")
	s.drained(2)
	s.serves("v1")
	s.behind("rolled back: a check failed before it was confirmed: cannot probe by ./check: exit status 3: the queue is not reached")
	s.script("check", `echo checked $MAINPID`)
	s.recovers()
}

func (s *supervised) script(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path+".new", []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		s.t.Fatal(err)
	}
}

// A preflight that fails or hangs keeps the new version from starting, and what it said
// is the reason.
func TestPreflight(t *testing.T) {
	t.Parallel()
	const checks = `[ "$1" != --check-config ] || { `
	const preflight = `preflight = ["./server", "--check-config"]`
	config := builtService("ready = { " + preflight + " }")
	s := runningBuilt(t, config, "v1", checks+`env >seen; exit 0; }`)
	seen, err := os.ReadFile(filepath.Join(s.dir, "seen"))
	if text := string(seen); err != nil || !strings.Contains(text, "SUPERVISOR_SERVICE=web") || !strings.Contains(text, "SUPERVISOR_GENERATION=1") ||
		strings.Contains(text, "LISTEN_FDS") || strings.Contains(text, "NOTIFY_SOCKET") {
		t.Errorf("its environment: %v\n%s", err, text)
	}
	for _, test := range []struct{ does, want string }{
		{"echo loading; echo port is missing >&2; exit 2", "exit status 2: loading; port is missing"},
		{"exit 1", "exit status 1"},
		{"kill -KILL $$", "signal: killed"},
		{"echo thinking; exec sleep 1000", "not done after 6s: thinking"},
		{"trap '' TERM; echo waiting; sleep 1000 & wait", "not done after 6s: waiting"},
	} {
		s.mark()
		if strings.HasPrefix(test.want, "not done") {
			s.write("supervisor.toml", builtService(`ready = { timeout = "6s", `+preflight+" }"))
		}
		s.source("v2", checks+test.does+"; }")
		want := "not ready: preflight ./server --check-config: " + test.want
		s.answers(4, "web: "+want+"; generation 1 serves", "reload")
		s.serves("v1")
		s.behind(want)
		s.await("web #… " + want + "; generation 1 still serves")
	}
	s.write("supervisor.toml", config)
	s.source("v3", checks+"exit 0; }")
	s.answers(0, "web: promoted generation 7", "reload")
	s.drained(1)
	s.serves("v3")
	s.stops()
}

func TestPreflightAtStart(t *testing.T) {
	t.Parallel()
	s := newSupervised(t, service(`ready.preflight = ["./none"]`), "v1")
	s.start("run", "-c", "supervisor.toml")
	s.ends(4)
	s.await("web #1 not ready: preflight: cannot start …/none: no such file or directory; nothing serves yet")
}

// Programs as install makes them, with their sums and what minisign 0.11 made of them.
const (
	sumOfV1       = "c907438f8e126d74ecaf3128e431d17bc0e1fb77729ce326be1167074105cc0b"
	sumOfV2       = "cdefe651a5d26c079c1424b3129b3149e65af36c2cd0c21226598b91c7c3e458"
	minisignKey   = "RWRsJ44ZuIBt1dtbXtuotZEYFi/l+/nxOq1q8ELQP0jVQfVebDwsx1wG"
	signatureOfV1 = `untrusted comment: signature from minisign secret key
RURsJ44ZuIBt1dLswRTp3vuMpUH8hPuUtdyn09LXI1ritk1Wrjz0R+27Fe/sZEMy18KQ/hAhFddOpMVDhYXXgtsoWXXeTjRxNQI=
trusted comment: program v1
oldv9TTL+Kx9NhOUGFCVkivtWUi6wSpoYWaGwCtiSZNBfuCTu7UZVS7B22BgGXVpKaIC49J/MxiGWqQZUd6jDw==
`
	signatureOfV2 = `untrusted comment: signature from minisign secret key
RURsJ44ZuIBt1aln0OJDbeOa4zLj2Z3Ux3DjmRE4noJ7LCl2ohdfQXONMNB9+zxoctcFMPYcq50YfxJJU3VXJQkxhLnZp0AdVg8=
trusted comment: program v2
uasx9J5oknviSji+TJ6h9Zp+jnjMAfhV6QJa9WOu3qkEbIjBki/K7ZhOSQ9kxn9rMPR4Z3YjC1A2tOKzXGFmDQ==
`
)

func commandService(more ...string) string {
	return strings.Replace(service(more...), `["service"]`, `["./server"]`, 1)
}

// install puts a version in place by a rename, as a deploy does.
func (s *supervised) install(version string) {
	s.t.Helper()
	s.script("server", "BEHAVE="+version+" exec service")
}

// What has another sum is refused, and what was verified is what runs: when it crashes
// it is the one that starts again, and not what lies in its place by then.
func TestVerifySum(t *testing.T) {
	t.Parallel()
	s := newSupervised(t, commandService(`verify.sha256 = ["`+sumOfV1+`"]`), "none")
	s.install("v1")
	s.start("run", "-c", "supervisor.toml")
	s.await("web #1 serving")
	s.findAddress()
	s.serves("v1")
	s.install("v2")
	refused := "not ready: refused ./server: its SHA-256 is " + sumOfV2 + ", which verify.sha256 does not have"
	s.answers(4, "web: "+refused+"; generation 1 serves", "reload")
	s.serves("v1")
	s.behind(refused)
	pid := s.status().Services[0].Generations[0].Processes[0].PID
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.await("web #1 crashed")
	s.serves("v1")
	s.write("supervisor.toml", commandService(`verify.sha256 = ["`+sumOfV2+`"]`))
	s.answers(0, "web: promoted generation 3", "reload")
	s.drained(1)
	s.serves("v2")
	s.answers(4, "web: not ready: refused ./server: its SHA-256 is "+sumOfV1+", which verify.sha256 does not have; generation 3 serves", "rollback", "web")
	s.serves("v2")
	s.write("supervisor.toml", commandService(`verify.sha256 = ["`+sumOfV1+`", "`+sumOfV2+`"]`))
	s.answers(0, "web: promoted generation 5", "reload")
	s.answers(0, "web: promoted generation 6: rolled back to artifact c907438f8e12; the next reload or save builds the source again", "rollback", "web")
	s.drained(5)
	s.serves("v1")
	s.stops()
}

// What is not signed is refused. A signature is kept with what it signs, so that a
// rollback finds it.
func TestVerifySignature(t *testing.T) {
	t.Parallel()
	s := newSupervised(t, commandService(`verify.minisign = "`+minisignKey+`"`), "none")
	s.install("v1")
	s.write("server.minisig", signatureOfV1)
	s.start("run", "-c", "supervisor.toml")
	s.await("web #1 serving")
	s.findAddress()
	s.serves("v1")
	for _, test := range []struct{ signature, want string }{
		{signatureOfV1, "its signature is not one of verify.minisign: invalid signature"},
		{strings.Replace(signatureOfV2, "program v2", "program v9", 1), "its signature is not one of verify.minisign: invalid global signature"},
		{"", "its signature is not one of verify.minisign: incomplete encoded signature"},
	} {
		s.install("v2")
		s.write("server.minisig", test.signature)
		s.answers(4, "web: not ready: refused ./server: "+test.want+"; generation 1 serves", "reload")
		s.serves("v1")
	}
	if err := os.Remove(filepath.Join(s.dir, "server.minisig")); err != nil {
		t.Fatal(err)
	}
	s.answers(4, "web: not ready: refused ./server: there is no signature of it; generation 1 serves", "reload")
	s.write("server.minisig", signatureOfV2)
	s.answers(0, "web: promoted generation 6", "reload")
	s.drained(1)
	s.serves("v2")
	s.answers(0, "web: promoted generation 7: rolled back to artifact c907438f8e12; the next reload or save builds the source again", "rollback", "web")
	s.drained(6)
	s.serves("v1")
	if err := os.Remove(filepath.Join(s.dir, "server")); err != nil {
		t.Fatal(err)
	}
	s.answers(4, "web: not ready: cannot take …/server: there is no …/server: file does not exist; generation 7 serves", "reload")
	s.stops()
}
