//go:build real

package real

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// makePackages builds the packages of two releases, once.
var makePackages = sync.OnceValues(func() (string, error) {
	dist := filepath.Join(bin, "dist")
	for _, version := range []string{"1.0.0", "2.0.0"} {
		cmd := exec.Command("../../scripts/package")
		cmd.Env = append(os.Environ(), "VERSION="+version, "DIST="+dist)
		if out, err := cmd.CombinedOutput(); err != nil {
			return string(out), err
		}
	}
	return dist, nil
})

func packages(t *testing.T, pattern string) (found []string) {
	t.Helper()
	dist, err := makePackages()
	if err != nil {
		t.Fatalf("no packages: %v\n%s", err, dist)
	}
	found, err = filepath.Glob(filepath.Join(dist, pattern))
	if err != nil || len(found) != 2 {
		t.Fatalf("the packages are %q, %v", found, err)
	}
	return found
}

// A package is installed, started, upgraded under load and removed.
func TestSystemdPackage(t *testing.T) {
	debs := packages(t, "*.deb")
	onBareSystemd(t, func(t *testing.T, b *bed) {
		install := func(deb string) { b.must("dpkg", "-i", "/opt/bin/dist/"+filepath.Base(deb)) }
		install(debs[0])
		b.must("sh", "-ec", `
			supervisor version; supervisor config -c /etc/supervisor/example.toml
			bash -n /usr/share/bash-completion/completions/supervisor
			gzip -t /usr/share/man/man1/supervisor.1.gz
			systemctl enable supervisor@web.service`)
		i := b.newInstance(t, "web")
		i.systemctl("start")
		l := startLoad(t, i.addr)

		// What runs goes on, and hands off, whatever lies at the path of its program.
		install(debs[1])
		i.has("NRestarts", "0")
		i.has("NeedDaemonReload", "no")
		i.systemctl("reload")
		l.next(t)
		old := i.show("MainPID")
		i.systemctl("restart")
		l.next(t)
		if i.show("MainPID") == old {
			t.Error("the old supervisor still runs")
		}
		l.end(t)

		q := i.serves()
		b.must("dpkg", "-r", "supervisor")
		if _, err := get("http://" + i.addr + "/"); err == nil {
			t.Errorf("%s still serves", q)
		}
		i.has("LoadState", "not-found")
		b.must("test", "-e", "/etc/supervisor/web.toml")
		b.must("dpkg", "-P", "supervisor")
		if text := b.must("sh", "-c", "ls -d /usr/bin/supervisor /etc/supervisor/example.toml /var/cache/supervisor /run/supervisor/*.sock 2>/dev/null || true"); text != "" {
			t.Errorf("left are %s", text)
		}
	})
}

// Both kinds of packages bring the same files.
func TestRPM(t *testing.T) {
	root := t.TempDir()
	rpm := packages(t, "*.rpm")[1]
	if out, err := exec.Command("rpm", "--root", root, "--define", "_dbpath /var/lib/rpm", "--install", "--nodeps", "--noscripts", rpm).CombinedOutput(); err != nil {
		t.Fatalf("rpm: %v\n%s", err, out)
	}
	deb := t.TempDir()
	if out, err := exec.Command("dpkg-deb", "-x", packages(t, "*.deb")[1], deb).CombinedOutput(); err != nil {
		t.Fatalf("dpkg-deb: %v\n%s", err, out)
	}
	a, b := files(t, root), files(t, deb)
	if len(a) < 8 || !slices.Equal(a, b) {
		t.Errorf("the rpm has\n%s\nthe deb has\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
	if out, err := exec.Command(filepath.Join(root, "usr/bin/supervisor"), "version").CombinedOutput(); err != nil {
		t.Errorf("supervisor version: %v\n%s", err, out)
	}
}

// files lists what a package brought, with its mode. Completions of zsh have no place
// that all distributions agree on, and rpm has a database.
func files(t *testing.T, root string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path, root+"/var/lib/rpm") || strings.Contains(path, "/zsh/") {
			return err
		}
		info, err := d.Info()
		if err == nil {
			all = append(all, info.Mode().String()+strings.TrimPrefix(path, root))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The man page names every verb.
func TestManPage(t *testing.T) {
	page, err := os.ReadFile("../../deploy/packages/supervisor.1")
	if err != nil {
		t.Fatal(err)
	}
	help, err := exec.Command(program("supervisor"), "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, verbs, _ := strings.Cut(string(help), "Available Commands:\n")
	verbs, _, _ = strings.Cut(verbs, "\n\n")
	n := 0
	for line := range strings.Lines(verbs) {
		verb := strings.Fields(line)[0]
		n++
		if !strings.Contains(string(page), "\n.B "+verb+"\n") {
			t.Errorf("the man page lacks %s", verb)
		}
	}
	if n < 7 {
		t.Errorf("only %d verbs found in\n%s", n, help)
	}
}
