//go:build real

package real

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// roots are what beds are made of: this machine, and what SYSTEMD_ROOTS names.
func roots() []string {
	return append([]string{"host"}, filepath.SplitList(os.Getenv("SYSTEMD_ROOTS"))...)
}

// onEachSystemd runs a test in a bed of every root, with our program and units.
func onEachSystemd(t *testing.T, test func(*testing.T, *bed)) {
	onBareSystemd(t, func(t *testing.T, b *bed) {
		b.setUp()
		test(t, b)
	})
}

// onBareSystemd does so without any of ours.
func onBareSystemd(t *testing.T, test func(*testing.T, *bed)) {
	name := strings.ToLower(strings.TrimPrefix(t.Name(), "TestSystemd"))
	for n, root := range roots() {
		t.Run(filepath.Base(root), func(t *testing.T) {
			t.Parallel()
			b := newBed(t, fmt.Sprintf("%s-%d-%d", name, n, os.Getpid()), root)
			test(t, b)
		})
	}
}

// A bed is a systemd of its own, with the network of this machine.
type bed struct {
	t    *testing.T
	name string
}

const bedScript = "../../scripts/systemd-bed"

func newBed(t *testing.T, name, root string) *bed {
	t.Helper()
	b := &bed{t, name}
	deploy, err := filepath.Abs("../../deploy")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.script("down", b.name) })
	if out, code := b.script("up", root, b.name, "--bind-ro="+bin+":/opt/bin", "--bind-ro="+deploy+":/opt/deploy"); code != 0 {
		t.Fatalf("no bed: %s", out)
	}
	return b
}

// setUp does by hand what a package does.
func (b *bed) setUp() {
	b.t.Helper()
	b.must("sh", "-ec", `
		cp /opt/bin/supervisor /usr/bin/supervisor
		cp /opt/deploy/systemd/supervisor@.* /etc/systemd/system/
		mkdir -p /etc/supervisor
		systemctl daemon-reload`)
}

func (b *bed) script(args ...string) (text string, code int) {
	b.t.Helper()
	return b.pipe("", append([]string{bedScript}, args...)...)
}

// pipe runs a program of this machine with text as its input.
func (b *bed) pipe(input string, command ...string) (text string, code int) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		b.t.Fatalf("cannot run %v: %v", command, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// try runs a command in the bed.
func (b *bed) try(command ...string) (text string, code int) {
	b.t.Helper()
	return b.script(append([]string{"exec", b.name}, command...)...)
}

func (b *bed) must(command ...string) string {
	b.t.Helper()
	text, code := b.try(command...)
	if code != 0 {
		b.t.Fatalf("%v: exit code %d: %s", command, code, text)
	}
	return text
}

// write makes a file in the bed, and the directory that it is in.
func (b *bed) write(path, text string) {
	b.t.Helper()
	if out, code := b.pipe(text, bedScript, "exec", b.name, "sh", "-ec", `mkdir -p "${0%/*}" && cat >"$0"`, path); code != 0 {
		b.t.Fatalf("cannot write %s: %s", path, out)
	}
}

// outside is the path of a file of the bed on this machine.
func (b *bed) outside(path string) string {
	b.t.Helper()
	leader, err := os.ReadFile("/run/systemd-bed/" + b.name + "/leader")
	if err != nil {
		b.t.Fatal(err)
	}
	return "/proc/" + strings.TrimSpace(string(leader)) + "/root" + path
}
