package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/terminal"
)

// watchStatus shows how everything stands until Ctrl-C: in place on a terminal, and
// else one block or, in JSON, one line after each change.
func watchStatus(ctx context.Context, to *control.Client, out io.Writer, asJSON bool) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, terminate)
	defer stop()
	if asJSON {
		e := json.NewEncoder(out)
		return to.Watch(ctx, func(st control.Status) error { return e.Encode(st) })
	}
	if f, ok := out.(*os.File); ok {
		if t, err := terminal.Open(terminal.Options{Out: f}); err == nil {
			return watchInPlace(ctx, to, t)
		}
	}
	first := true
	return to.Watch(ctx, func(st control.Status) error {
		var b bytes.Buffer
		if !first {
			b.WriteString("\n")
		}
		first = false
		if err := printStatus(&b, st, time.Now()); err != nil {
			return err
		}
		_, err := out.Write(b.Bytes())
		return err
	})
}

// watchInPlace leaves the last picture on the terminal when it ends.
func watchInPlace(ctx context.Context, to *control.Client, t *terminal.Terminal) error {
	var last control.Status
	lines := func(st control.Status, now time.Time) []string {
		var b strings.Builder
		printStatus(&b, st, now)
		return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	}
	err := to.Watch(ctx, func(st control.Status) error {
		last = st
		t.Live(func(now time.Time, _ int) ([]string, time.Duration) { return lines(st, now), time.Second })
		return nil
	})
	t.Live(nil)
	if last.PID != 0 {
		io.WriteString(t, strings.Join(lines(last, time.Now()), "\n")+"\n")
	}
	t.Close()
	return err
}
