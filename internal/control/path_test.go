//go:build linux || darwin || freebsd

package control

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// at makes dir the runtime directory.
func at(t *testing.T, dir string) {
	t.Helper()
	t.Setenv("RUNTIME_DIRECTORY", dir)
	t.Setenv("SUPERVISOR_CONTROL", "")
}

func TestRuntimeDir(t *testing.T) {
	mine := shortDir(t)
	me := os.Geteuid()
	for _, c := range []struct {
		name string
		env  map[string]string
		uid  int
		want string
	}{
		{"systemd's", map[string]string{"RUNTIME_DIRECTORY": "/run/a:/run/b", "XDG_RUNTIME_DIR": mine}, me, "/run/a"},
		{"root's", map[string]string{"XDG_RUNTIME_DIR": mine, "TMPDIR": "/x"}, 0, runDir + "/supervisor"},
		{"of a login, but not this user's", map[string]string{"XDG_RUNTIME_DIR": mine, "TMPDIR": "/x"}, me + 1, "/x/supervisor-" + strconv.Itoa(me+1)},
		{"of a login, but missing", map[string]string{"XDG_RUNTIME_DIR": mine + "/none", "TMPDIR": "/x"}, me + 1, "/x/supervisor-" + strconv.Itoa(me+1)},
		{"of nothing", nil, 1234, "/tmp/supervisor-1234"},
	} {
		got, err := runtimeDir(func(k string) string { return c.env[k] }, c.uid)
		if err != nil || got != c.want {
			t.Errorf("%s: got %s, %v, want %s", c.name, got, err, c.want)
		}
	}
}

func TestRuntimeDirOfALogin(t *testing.T) {
	mine, uid := shortDir(t), os.Geteuid()
	if uid == 0 {
		uid = 1000
		if err := os.Chown(mine, uid, -1); err != nil {
			t.Fatal(err)
		}
	}
	got, err := runtimeDir(func(k string) string { return map[string]string{"XDG_RUNTIME_DIR": mine}[k] }, uid)
	if want := filepath.Join(mine, "supervisor"); err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestKey(t *testing.T) {
	for _, c := range []struct {
		of   PathOptions
		want string
	}{
		{PathOptions{Config: "/etc/web.toml"}, "web-"},
		{PathOptions{Config: "/srv/web/supervisor.yaml"}, "web-"},
		{PathOptions{Dir: "/home/x/my app"}, "my_app-"},
		{PathOptions{Dir: "/home/x/v1.2"}, "v1.2-"},
		{PathOptions{Dir: "/"}, "_-"},
		{PathOptions{Dir: "/" + strings.Repeat("é", 50)}, strings.Repeat("_", maxName) + "-"},
	} {
		key, err := c.of.key()
		if err != nil || !regexp.MustCompile("^"+regexp.QuoteMeta(c.want)+"[0-9a-f]{10}$").MatchString(key) {
			t.Errorf("%+v: got %s, %v, want %s and a hash", c.of, key, err, c.want)
		}
	}
}

func TestKeysDiffer(t *testing.T) {
	seen := map[string]PathOptions{}
	for _, o := range []PathOptions{
		{Config: "/a/web.toml"}, {Config: "/b/web.toml"}, {Config: "/a/web.json"}, {Dir: "/a/web"}, {},
	} {
		key, err := o.key()
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := seen[key]; ok {
			t.Errorf("%+v and %+v share %s", o, other, key)
		}
		seen[key] = o
	}
}

func TestRelativeConfigIsTheSame(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	abs, err1 := PathOptions{Config: filepath.Join(dir, "web.toml")}.key()
	rel, err2 := PathOptions{Config: "./web.toml"}.key()
	if abs != rel || err1 != nil || err2 != nil {
		t.Errorf("got %s and %s, %v, %v", abs, rel, err1, err2)
	}
}

func TestExplicitPath(t *testing.T) {
	at(t, "/does/not/matter")
	t.Setenv("SUPERVISOR_CONTROL", "/from/env.sock")
	for o, want := range map[PathOptions]string{
		{Control: "/from/flag.sock", Config: "x"}: "/from/flag.sock",
		{Config: "x"}: "/from/env.sock",
	} {
		if got, err := Path(o); err != nil || got != want {
			t.Errorf("%+v: got %s, %v, want %s", o, got, err, want)
		}
	}
}

func TestPathMakesItsDirectory(t *testing.T) {
	dir := filepath.Join(shortDir(t), "supervisor")
	at(t, dir)
	path, err := Path(PathOptions{Config: "/etc/web.toml"})
	if err != nil || filepath.Dir(path) != dir || filepath.Ext(path) != ".sock" {
		t.Fatalf("got %s, %v", path, err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	listen(t, path)
}

func TestUnsafeDirectoriesAreRefused(t *testing.T) {
	base := shortDir(t)
	open := filepath.Join(base, "open")
	os.Mkdir(open, 0o700)
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(base, "link")
	if err := os.Symlink(shortDir(t), link); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(base, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for dir, why := range map[string]string{open: "others may write", link: "no directory", file: "no directory"} {
		at(t, dir)
		if _, err := Path(PathOptions{}); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: got %v, want %q", dir, err, why)
		}
	}
	if err := checkPrivate(base, os.Geteuid()+1); err == nil || !strings.Contains(err.Error(), "belongs to user") {
		t.Errorf("another user's: %v", err)
	}
}
