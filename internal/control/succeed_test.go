//go:build linux || darwin || freebsd

package control

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Whoever inherits the socket answers on it, also what was in its queue, and the one
// who leaves it leaves the path as well.
func TestInherit(t *testing.T) {
	path := filepath.Join(shortDir(t), "c.sock")
	first := listen(t, path)
	serve(t, first, itIs(1))
	fd, err := first.Duplicate()
	if err != nil {
		t.Fatal(err)
	}
	if st, err := NewClient(path).Status(t.Context()); err != nil || st.PID != 1 {
		t.Errorf("got %+v, %v", st, err)
	}
	second, err := Inherit(path, fd)
	if err != nil {
		t.Fatal(err)
	}
	first.Leave()
	waiting := make(chan int, 1)
	go func() {
		st, _ := NewClient(path).Status(t.Context())
		waiting <- st.PID
	}()
	end := serve(t, second, itIs(2))
	if got := within(t, waiting); got != 2 {
		t.Errorf("%d answers, want 2", got)
	}
	end()
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the path is left: %v", err)
	}
}

// A client that asks the one who leaves asks again, and reaches the other.
func TestAskAgain(t *testing.T) {
	path := filepath.Join(shortDir(t), "c.sock")
	first := listen(t, path)
	fd, err := first.Duplicate()
	if err != nil {
		t.Fatal(err)
	}
	second, err := Inherit(path, fd)
	if err != nil {
		t.Fatal(err)
	}
	serve(t, first, fake{reload: func(context.Context, []string) ([]Result, error) {
		first.Leave()
		serve(t, second, fake{reload: func(context.Context, []string) ([]Result, error) {
			return []Result{promoted("web")}, nil
		}})
		return nil, &SucceededError{PID: 2}
	}})
	got, err := NewClient(path).Reload(t.Context(), nil)
	if err != nil || len(got) != 1 || got[0] != promoted("web") {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestInheritWhatIsNoSocket(t *testing.T) {
	path := filepath.Join(shortDir(t), "c.sock")
	l := listen(t, path)
	fd, err := l.Duplicate()
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(path)
	if s, err := Inherit(path, fd); err == nil {
		s.Close()
		t.Error("took over a socket without a path")
	}
	null, err := syscall.Open(os.DevNull, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Inherit(path, null); err == nil {
		t.Error("took over /dev/null")
	}
}

// What a new supervisor says arrives with its hint, and tells a config that cannot be
// read from everything else.
func TestUpgradeAnswers(t *testing.T) {
	for _, c := range []struct {
		answer error
		config bool
	}{{&UpgradeError{Text: "no", Tip: "do this"}, false}, {&UpgradeError{Text: "no", Tip: "do this", Config: true}, true}} {
		to, _ := start(t, fake{upgrade: func(context.Context) (Upgraded, error) { return Upgraded{}, c.answer }})
		_, err := to.Upgrade(t.Context())
		_, refused := errors.AsType[*ConfigError](err)
		_, failed := errors.AsType[*UpgradeError](err)
		if err == nil || err.Error() != "no" || hintOf(err) != "do this" || refused != c.config || failed == c.config {
			t.Errorf("got %#v", err)
		}
	}
	to, _ := start(t, fake{upgrade: func(context.Context) (Upgraded, error) { return Upgraded{PID: 7}, nil }})
	if u, err := to.Upgrade(t.Context()); err != nil || u.PID != 7 {
		t.Errorf("got %+v, %v", u, err)
	}
}
