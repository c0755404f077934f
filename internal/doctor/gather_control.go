package doctor

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
)

// askSupervisor finds the supervisor that is meant, and what others have left in
// the directory of control sockets.
func askSupervisor(ctx context.Context, o control.PathOptions) (Control, *control.Status) {
	var c Control
	if c.Path, c.Err = control.Path(o); c.Err != nil {
		return c, nil
	}
	for _, path := range sockets(o, c.Path) {
		switch state, st := standing(ctx, path); state {
		case live:
			c.Live = append(c.Live, control.Found{Path: path, PID: st.PID, Config: st.Config})
		case stale:
			c.Stale = append(c.Stale, path)
		case silent:
			c.Silent = append(c.Silent, path)
		}
	}
	path, err := control.Find(ctx, o)
	if err != nil {
		if !errors.Is(err, control.ErrNoSupervisor) {
			c.Err = err
		}
		return c, nil
	}
	st, err := control.NewClient(path).Status(ctx)
	if err != nil {
		return c, nil // counted among those that are silent
	}
	c.Path = path
	return c, &st
}

// sockets are those of all supervisors of this user, unless one was named.
func sockets(o control.PathOptions, path string) []string {
	if o.Control != "" || os.Getenv("SUPERVISOR_CONTROL") != "" {
		return []string{path}
	}
	all, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.sock"))
	return all
}

// state is how a control socket stands.
type state int

const (
	absent state = iota
	live
	stale
	silent
)

// answerTime is how long a supervisor may take to tell what it knows already.
const answerTime = 2 * time.Second

func standing(ctx context.Context, path string) (state, control.Status) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "unix", path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return absent, control.Status{}
	case errors.Is(err, syscall.ECONNREFUSED):
		return stale, control.Status{}
	case err != nil:
		return silent, control.Status{}
	}
	c.Close()
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	st, err := control.NewClient(path).Status(ctx)
	_, refused := errors.AsType[*control.RemoteError](err)
	if err != nil && !refused {
		return silent, st
	}
	return live, st
}
