//go:build linux || darwin || freebsd

package control

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func run(t *testing.T, o PathOptions, pid int) string {
	t.Helper()
	path, err := Path(o)
	if err != nil {
		t.Fatal(err)
	}
	serve(t, listen(t, path), itIs(pid, o.Config))
	return path
}

func TestFindTheOneAskedFor(t *testing.T) {
	at(t, filepath.Join(shortDir(t), "r"))
	web, api := PathOptions{Config: "/etc/web.toml"}, PathOptions{Config: "/etc/api.toml"}
	want := run(t, web, 1)
	run(t, api, 2)
	if got, err := Find(t.Context(), web); err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestFindTheOneOfThisDirectory(t *testing.T) {
	at(t, filepath.Join(shortDir(t), "r"))
	run(t, PathOptions{Config: "/etc/web.toml"}, 1)
	want := run(t, PathOptions{}, 2)
	if got, err := Find(t.Context(), PathOptions{}); err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestFindTheOnlyOne(t *testing.T) {
	dir := filepath.Join(shortDir(t), "r")
	at(t, dir)
	want := run(t, PathOptions{Config: "/etc/web.toml"}, 1)
	leaveStale(t, filepath.Join(dir, "dead-0.sock"))
	own, err := Path(PathOptions{})
	if err != nil {
		t.Fatal(err)
	}
	leaveStale(t, own)
	if got, err := Find(t.Context(), PathOptions{}); err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestFindDoesNotGuessAgainstTheAsker(t *testing.T) {
	dir := filepath.Join(shortDir(t), "r")
	at(t, dir)
	run(t, PathOptions{Config: "/etc/web.toml"}, 1)
	for _, o := range []PathOptions{{Config: "/etc/api.toml"}, {Control: filepath.Join(dir, "other.sock")}} {
		if got, err := Find(t.Context(), o); !errors.Is(err, ErrNoSupervisor) {
			t.Errorf("%+v: got %s, %v", o, got, err)
		}
	}
}

func TestFindSeveral(t *testing.T) {
	at(t, filepath.Join(shortDir(t), "r"))
	run(t, PathOptions{Config: "/etc/web.toml"}, 4711)
	run(t, PathOptions{Config: "/etc/api.toml"}, 4712)
	_, err := Find(t.Context(), PathOptions{})
	var several *AmbiguousError
	if !errors.As(err, &several) || len(several.Found) != 2 {
		t.Fatalf("got %v", err)
	}
	for _, part := range []string{"pid 4711", "/etc/web.toml", "pid 4712", "/etc/api.toml"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not name %q", err, part)
		}
	}
}

func TestFindNone(t *testing.T) {
	dir := filepath.Join(shortDir(t), "r")
	at(t, dir)
	if got, err := Find(t.Context(), PathOptions{}); !errors.Is(err, ErrNoSupervisor) {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a client made the directory: %v", err)
	}
}
