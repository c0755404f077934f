//go:build real

package real

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
)

const (
	nobody   = 65534 // user nobody and group nogroup of Debian
	stranger = 54321 // nobody at all
)

// A unix socket belongs to the user and group that its address names: these can
// connect, others cannot.
func TestUnixSocketOfAnotherUser(t *testing.T) {
	t.Parallel()
	r := newRunning(t)
	path := r.path("web")
	r.write("supervisor.toml", fmt.Sprintf("[services.web]\nlisten = [\"web=unix://%s?mode=0660&owner=nobody&group=nogroup\"]\ncommand = [%q, \"-unix\", %q]\n",
		path, program("service"), path))
	r.start(program("supervisor"), "run")
	r.await("web #1 serving")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if st := info.Sys().(*syscall.Stat_t); st.Uid != nobody || st.Gid != nobody || info.Mode() != os.ModeSocket|0o660 {
		t.Errorf("the socket belongs to %d:%d and has mode %v", st.Uid, st.Gid, info.Mode())
	}
	if text, code := r.as(nobody, "/proc/self/exe", "dial", path); code != 0 {
		t.Errorf("its owner cannot connect: %s", text)
	}
	if text, code := r.as(stranger, "/proc/self/exe", "dial", path); code != 1 || !strings.Contains(text, "permission denied") {
		t.Errorf("a stranger can connect: exit code %d, %s", code, text)
	}
	r.stops()
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is left: %v", err)
	}
}

// Another user cannot open the control socket; where the file system lets them,
// they are asked who they are.
func TestControlByAnotherUser(t *testing.T) {
	t.Parallel()
	r := newRunning(t)
	addr := free(t)
	r.env = append(r.env, "ADDR="+addr)
	r.start(program("supervisor"), "run", "--listen", addr, "--", program("webservice"))
	r.await("webservice #1 serving")
	verbs := []string{"status", "reload", "stop"}
	for _, verb := range verbs {
		text, code := r.as(stranger, program("supervisor"), verb)
		if code != 1 || !strings.Contains(text, "permission denied") {
			t.Errorf("supervisor %s by another user: exit code %d, %s", verb, code, text)
		}
	}
	if err := os.Chmod(r.path("control"), 0o666); err != nil {
		t.Fatal(err)
	}
	const want = "supervisor: error: cannot answer user 54321: this supervisor is another user's\n" +
		"supervisor: hint: ask as the user who runs the supervisor, or as root\n"
	for _, verb := range verbs {
		if text, code := r.as(stranger, program("supervisor"), verb); code != 1 || text != want {
			t.Errorf("supervisor %s by another user: exit code %d, %q, want %q", verb, code, text, want)
		}
	}
	r.answers("http://"+addr+"/version", "1\n")
	if n := len(r.status().Generations); n != 1 {
		t.Errorf("there are %d generations, want 1", n)
	}
	r.reloads(0, "webservice: promoted generation 2")
	r.stops()
}

// Root may ask the supervisor of any user.
func TestControlByRoot(t *testing.T) {
	t.Parallel()
	r := newRunning(t)
	if err := os.Chown(r.dir, stranger, stranger); err != nil {
		t.Fatal(err)
	}
	addr := free(t)
	r.env = append(r.env, "ADDR="+addr)
	r.user = stranger
	r.start(program("supervisor"), "run", "--listen", addr, "--", program("webservice"))
	r.await("webservice #1 serving")
	r.answers("http://"+addr+"/version", "1\n")
	r.reloads(0, "webservice: promoted generation 2")
	r.stops()
}
