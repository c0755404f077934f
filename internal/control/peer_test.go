//go:build linux || darwin || freebsd

package control

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const stranger = 65534

// startWith is a supervisor of user own that takes its callers for who says.
func startWith(t *testing.T, own int, who uidOf, sup Supervisor) string {
	t.Helper()
	s := listen(t, filepath.Join(shortDir(t), "c.sock"))
	s.own, s.who = own, who
	serve(t, s, sup)
	return s.Path()
}

func always(uid int, err error) uidOf {
	return func(*net.UnixConn) (int, error) { return uid, err }
}

func TestWhoMayAsk(t *testing.T) {
	for _, c := range []struct {
		name     string
		own, uid int
		err      error
		allowed  bool
	}{
		{"same user", 1000, 1000, nil, true},
		{"root", 1000, 0, nil, true},
		{"another user", 1000, 1001, nil, false},
		{"another user asks root", 0, 1000, nil, false},
		{"nobody knows", 1000, 1000, errors.New("not supported"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := startWith(t, c.own, always(c.uid, c.err), itIs(7))
			_, err := NewClient(path).Status(t.Context())
			var refused *RemoteError
			if c.allowed != (err == nil) || !c.allowed && (!errors.As(err, &refused) || refused.Kind != "forbidden") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A stranger gets the same answer whatever it asks.
func TestStrangersLearnNothing(t *testing.T) {
	path := startWith(t, 1000, always(1001, nil), fake{})
	var first string
	for _, r := range []string{
		request("GET", "/v1/status", ""), request("GET", "/v1/nothing", ""), request("DELETE", "/v1/stop", ""),
		request("POST", "/v1/reload", "{"), request("POST", "/v1/reload", `{"services": ["web"]}`),
	} {
		resp, f := raw(t, path, r)
		if resp.StatusCode != 403 || resp.Header.Get("Allow") != "" {
			t.Errorf("%q: %s", r, resp.Status)
		}
		if first == "" {
			first = f.Text
		}
		if f.Text != first {
			t.Errorf("%q is answered otherwise: %q, not %q", r, f.Text, first)
		}
	}
}

func TestOwnUID(t *testing.T) {
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(shortDir(t), "c.sock"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dial(t, l.Addr().String())
	c, err := l.AcceptUnix()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if uid, err := peerUID(c); err != nil || uid != os.Geteuid() {
		t.Errorf("got %d, %v, want %d", uid, err, os.Geteuid())
	}
}

// The same with a real stranger, which takes root to make.
func TestRealStranger(t *testing.T) {
	if os.Geteuid() != 0 {
		return // TestWhoMayAsk has covered the decision, TestOwnUID the kernel's answer
	}
	s := listen(t, filepath.Join(shortDir(t), "c.sock"))
	serve(t, s, itIs(7))
	exe := copyOfTest(t)
	if out := askFrom(t, exe, s.Path(), stranger); !strings.Contains(out, "permission denied") {
		t.Errorf("with mode 0600 a stranger gets %q", out)
	}
	for path, mode := range map[string]os.FileMode{filepath.Dir(s.Path()): 0o755, s.Path(): 0o666} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	if out := askFrom(t, exe, s.Path(), stranger); !strings.Contains(out, "cannot answer user 65534") {
		t.Errorf("on an open socket a stranger gets %q", out)
	}
	if out := askFrom(t, exe, s.Path(), 0); out != "7 <nil>\n" {
		t.Errorf("root gets %q", out)
	}
}

// askFrom runs a client as another user.
func askFrom(t *testing.T, exe, path string, uid uint32) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, exe)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), askAs+"="+path)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// copyOfTest copies the test binary to where any user can run it.
func copyOfTest(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	dir := shortDir(t)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "client")
	if err := os.WriteFile(name, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}
