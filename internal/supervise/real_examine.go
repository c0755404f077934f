package supervise

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/internal/verify"
)

// Examine verifies the executable, then has the preflight run.
func (y *System) Examine(ctx context.Context, l Launch) error {
	if err := y.verify(l); err != nil {
		return fmt.Errorf("refused %s: %w", l.Service.subject(), err)
	}
	if len(l.Service.Preflight) == 0 {
		return nil
	}
	return y.preflight(ctx, l)
}

// verify reads the artifact, which is executed afterwards: what its name says it holds
// nobody else can change. A signature that is good is kept with it, for the day on which
// somebody goes back to it.
func (y *System) verify(l Launch) error {
	rules := l.Service.Verify
	if rules.None() {
		return nil
	}
	if l.Artifact.Path == "" {
		return errors.New("there is no executable to verify")
	}
	b, err := y.builders.of(l.Service, y.Guardian)
	if err != nil {
		return err
	}
	var signatures [][]byte
	if rules.Minisign != "" {
		beside, err := os.ReadFile(l.Service.resolve(b.options.Output) + verify.SignatureSuffix)
		if err == nil {
			signatures = append(signatures, beside)
		}
		if kept := b.Signature(l.Artifact.Hash); kept != nil {
			signatures = append(signatures, kept)
		}
	}
	good, err := rules.File(l.Artifact.Path, signatures...)
	if err == nil && good != nil {
		err = b.Sign(l.Artifact.Hash, good)
	}
	return err
}

// subject is what is executed, in the words of the settings.
func (s Service) subject() string {
	switch {
	case s.Build.Output != "":
		return s.Build.Output
	case s.Build.Package != "":
		return s.Build.Package
	}
	return s.Command[0]
}

// preflight runs a program of the service as a process of the service would run, but
// for the sockets, and returns why it did not end well.
func (y *System) preflight(ctx context.Context, l Launch) error {
	name := strings.Join(l.Service.Preflight, " ")
	mark := MarkPrefix + y.Family + rand.Text()
	env := environment(l.Service, 0, "SUPERVISOR_GENERATION="+strconv.Itoa(l.Generation), mark)
	path, args, err := preflight(l, env)
	if err != nil {
		return fmt.Errorf("preflight: %w", err)
	}
	if err := errors.Join(l.Service.Settings.Supported(), share(l)); err != nil {
		return fmt.Errorf("preflight %s: %w", name, err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("preflight %s: %w", name, err)
	}
	defer r.Close()
	out := int(w.Fd())
	p, err := y.launcher.Start(ctx, proc.Spec{
		Path: path, Args: args, Dir: l.Service.Dir, Env: env, Mark: mark,
		Stdin: int(y.null.Fd()), Stdout: out, Stderr: out, Settings: l.Service.Settings,
	})
	w.Close()
	if err != nil {
		return fmt.Errorf("preflight: %w", err)
	}
	said, copied := &ending{}, make(chan struct{})
	go func() {
		defer close(copied)
		io.Copy(io.MultiWriter(said, l.Output), r)
	}()
	stop := context.AfterFunc(ctx, func() { p.Kill() })
	exit := p.Wait()
	stop()
	r.SetReadDeadline(time.Now().Add(lastWords))
	select {
	case <-copied:
	case <-time.After(2 * lastWords):
		said = &ending{} // nobody reads our output: that must not keep us
	}
	switch reason := exit.Reason; {
	case ctx.Err() == nil && exit.Code == 0:
		return nil
	case ctx.Err() != nil:
		return said.after(fmt.Errorf("preflight %s: %w", name, context.Cause(ctx)))
	default:
		return said.after(fmt.Errorf("preflight %s: %s", name, reason))
	}
}

// preflight is what to execute. A first word that names what starts means the very
// version that is to start, and not what lies there by that name.
func preflight(l Launch, env []string) (path string, args []string, err error) {
	args = slices.Clone(l.Service.Preflight)
	if l.Artifact.Path != "" && l.Service.means(args[0], env) {
		return l.Artifact.Path, args, nil
	}
	path, err = l.Service.find(args[0], env)
	return path, args, err
}

// means reports whether a word names what is executed: the command that a copy was
// taken of, build.output, or the program that go build would make of the package.
func (s Service) means(word string, env []string) bool {
	switch {
	case s.Build.Output != "":
		return sameProgram(s.resolve(word), s.resolve(s.Build.Output))
	case s.Build.Package != "":
		return sameProgram(s.resolve(word), s.resolve(path.Base(filepath.ToSlash(s.packageDir()))))
	case len(s.Command) == 0:
		return false
	}
	this, err := s.find(s.Command[0], env)
	that, wrong := s.find(word, env)
	return err == nil && wrong == nil && this == that
}

// packageDir is where the package lies, or its import path.
func (s Service) packageDir() string {
	if p := s.Build.Package; p != "." && p != ".." && !strings.HasPrefix(p, "./") && !strings.HasPrefix(p, "../") {
		return p
	}
	return s.resolve(s.Build.Package)
}

// ending keeps the last that a program printed.
type ending struct{ kept []byte }

const (
	endingSize  = 1 << 10 // bytes
	endingLines = 5
)

func (e *ending) Write(p []byte) (int, error) {
	e.kept = append(e.kept, p[max(0, len(p)-endingSize):]...)
	e.kept = e.kept[max(0, len(e.kept)-endingSize):]
	return len(p), nil
}

// after adds the last lines to an error, in one.
func (e *ending) after(err error) error {
	var lines []string
	for line := range bytes.Lines(e.kept) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			lines = append(lines, strings.ToValidUTF8(string(line), "�"))
		}
	}
	if len(lines) == 0 {
		return err
	}
	return fmt.Errorf("%w: %s", err, strings.Join(lines[max(0, len(lines)-endingLines):], "; "))
}
