package main

import (
	"bytes"
	"io"
	"regexp"
	"slices"

	"github.com/seed-27ba25bb/supervisor/internal/config"
)

// output is where processes of a service, and its builds (generation 0), write.
func (d *daemon) output(service string, generation int) io.WriteCloser {
	w := d.writer(service).Writer(service, generation)
	if generation == 0 && d.pretty && d.buildsGo(service) {
		return withoutErrors{w}
	}
	return w
}

func (d *daemon) buildsGo(service string) bool {
	c := d.current()
	return c == nil || slices.ContainsFunc(c.Services, func(s config.Service) bool {
		return s.Name == service && s.Package != "" && s.Build.Command == ""
	})
}

// withoutErrors leaves out what a failed go build says about places in files: the
// report of the failure shows these lines with their source. What else is said
// (modules that are downloaded) passes.
type withoutErrors struct{ io.WriteCloser }

var compilerLine = regexp.MustCompile(`^(# |\t|\S+\.go:\d+:)`)

// Write gets one line.
func (w withoutErrors) Write(line []byte) (int, error) {
	if compilerLine.Match(line) || bytes.HasPrefix(line, []byte("too many errors")) {
		return len(line), nil
	}
	return w.WriteCloser.Write(line)
}
