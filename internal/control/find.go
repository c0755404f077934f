package control

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Found is a supervisor that answers.
type Found struct {
	Path   string
	PID    int // 0: it accepts connections, but does not tell
	Config []string
}

// AmbiguousError says that several supervisors run and none of them is the one
// for these options.
type AmbiguousError struct{ Found []Found }

func (e *AmbiguousError) Error() string {
	var b strings.Builder
	b.WriteString("cannot choose a supervisor: several run here")
	for _, f := range e.Found {
		fmt.Fprintf(&b, "\n  %s", f)
	}
	return b.String()
}

// Hint says how to choose.
func (e *AmbiguousError) Hint() string { return "pick one with -c FILE or --control PATH" }

func (f Found) String() string {
	if f.PID == 0 {
		return f.Path + " (does not tell who it is)"
	}
	config := "without a config file"
	if len(f.Config) > 0 {
		config = strings.Join(f.Config, " ")
	}
	return fmt.Sprintf("pid %d  %s  %s", f.PID, config, f.Path)
}

// Find tells a client which socket to ask: the one of Path, if somebody listens
// there; else, if neither a path nor a config was named, the only other one in the
// runtime directory that somebody listens on. It asks the sockets there, for two
// seconds at most.
//
// Errors: ErrNoSupervisor; *AmbiguousError when several answer; *UnsupportedError.
func Find(ctx context.Context, o PathOptions) (string, error) {
	p, err := locate(o)
	if err != nil {
		return "", err
	}
	if p.dir != "" {
		if err := trust(p.dir); err != nil {
			return "", err
		}
	}
	if alive(ctx, p.path) {
		return p.path, nil
	}
	if p.dir == "" || o.Config != "" {
		return "", fmt.Errorf("cannot find a supervisor: %w on %s", ErrNoSupervisor, p.path)
	}
	return findOther(ctx, p.dir)
}

// trust checks the directory, if it is there. Root may look into any.
func trust(dir string) error {
	if _, err := os.Lstat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	uid := os.Geteuid()
	if uid == 0 {
		return nil
	}
	return checkPrivate(dir, uid)
}

func findOther(ctx context.Context, dir string) (string, error) {
	files, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("cannot find a supervisor: %w", err)
	}
	var live []string
	for _, f := range files {
		path := filepath.Join(dir, f.Name())
		if strings.HasSuffix(path, socketSuffix) && alive(ctx, path) {
			live = append(live, path)
		}
	}
	switch len(live) {
	case 0:
		return "", fmt.Errorf("cannot find a supervisor: %w in %s", ErrNoSupervisor, dir)
	case 1:
		return live[0], nil
	}
	return "", &AmbiguousError{introduce(ctx, live)}
}

// introduce asks all of them at once who they are.
func introduce(ctx context.Context, paths []string) []Found {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	found := make([]Found, len(paths))
	var wg sync.WaitGroup
	for i, p := range paths {
		wg.Go(func() {
			st, _ := NewClient(p).Status(ctx)
			found[i] = Found{Path: p, PID: st.PID, Config: st.Config}
		})
	}
	wg.Wait()
	return found
}

// alive reports whether somebody listens on path. Where that cannot be told, for
// want of permission, say, the answer is yes: whoever asks there gets the reason.
func alive(ctx context.Context, path string) bool {
	c, err := connect(ctx, path)
	if err == nil {
		c.Close()
		return true
	}
	return !errors.Is(err, os.ErrNotExist) && !refused(err)
}
