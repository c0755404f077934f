package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/doctor"
)

func infoCommand() *cobra.Command {
	s := &settings{mode: config.Dev}
	var asJSON bool
	c := &cobra.Command{
		Use:   "info",
		Short: "Print what this program is, what it would read, and what this platform can do",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			i := s.info(c.Context())
			if asJSON {
				return writeJSON(c.OutOrStdout(), i)
			}
			return i.print(c.OutOrStdout())
		},
	}
	s.flags(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print the same, as JSON")
	return c
}

// information is the answer to "supervisor info".
type information struct {
	Version    string           `json:"version"`
	Commit     string           `json:"commit,omitempty"`
	CommitTime string           `json:"commit_time,omitempty"`
	Modified   bool             `json:"modified,omitempty"` // built from more than the commit
	Built      time.Time        `json:"built,omitzero"`     // when the executable was written
	Go         string           `json:"go"`
	OS         string           `json:"os"`
	Arch       string           `json:"arch"`
	Kernel     string           `json:"kernel,omitempty"`
	Config     []string         `json:"config"` // in force, or what would be if a supervisor started here
	ConfigErr  string           `json:"config_error,omitempty"`
	Control    string           `json:"control,omitempty"`
	ControlErr string           `json:"control_error,omitempty"`
	Running    *answering       `json:"running,omitempty"` // the supervisor that answers
	Features   []doctor.Feature `json:"features"`
}

type answering struct {
	PID     int       `json:"pid"`
	Version string    `json:"version"`
	Mode    string    `json:"mode"`
	Started time.Time `json:"started"`
}

func (s *settings) info(ctx context.Context) information {
	v := version()
	i := information{
		Version: v.Version, Commit: v.Commit, Go: v.Go, OS: runtime.GOOS, Arch: runtime.GOARCH,
		Kernel: doctor.Release(), Built: executableTime(), Features: doctor.Features(ctx),
	}
	i.CommitTime, i.Modified = commit()
	var err error
	if i.Config, err = s.readFiles(ctx); err != nil {
		i.ConfigErr = err.Error()
	}
	st, path, err := s.ask(ctx)
	i.Control = path
	switch {
	case err == nil:
		i.Running = &answering{st.PID, st.Version, st.Mode, st.Started}
		i.Config, i.ConfigErr = st.Config, ""
	case !errors.Is(err, control.ErrNoSupervisor):
		i.ControlErr = err.Error()
	}
	if i.Config == nil {
		i.Config = []string{}
	}
	return i
}

// commit is when the source was committed, and whether it was changed since.
func commit() (when string, modified bool) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", false
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.time":
			when = s.Value
		case "vcs.modified":
			modified = s.Value == "true"
		}
	}
	return when, modified
}

// executableTime: Go programs do not hold the time of their build, so that the same
// source makes the same program.
func executableTime() time.Time {
	path, err := os.Executable()
	if err != nil {
		return time.Time{}
	}
	file, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return file.ModTime().UTC().Truncate(time.Second)
}

// readFiles is all that would be read here. Without a config file nothing is looked
// for: that would start the go command.
func (s *settings) readFiles(ctx context.Context) ([]string, error) {
	files, err := s.configFiles()
	if err != nil {
		return nil, err
	}
	if _, air := airHere(); !air && len(files) == 0 {
		return nil, nil
	}
	conf, files, err := s.loadHere(ctx)
	if err == nil && len(conf.Files) > 0 {
		return conf.Files, nil
	}
	for n, f := range files {
		if abs, err := filepath.Abs(f); err == nil {
			files[n] = abs
		}
	}
	return files, err
}

// ask gets the status of the supervisor that is meant, and the path of its socket;
// if none answers, the path where it would be.
func (s *settings) ask(ctx context.Context) (control.Status, string, error) {
	path, err := control.Find(ctx, s.where())
	if err == nil {
		st, err := control.NewClient(path).Status(ctx)
		return st, path, err
	}
	would, pathErr := control.Path(s.where())
	if pathErr != nil {
		return control.Status{}, "", pathErr
	}
	return control.Status{}, would, err
}

func (i information) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) { fmt.Fprintf(t, name+"\t"+format+"\n", args...) }
	row("version", "%s", i.Version)
	if i.Commit != "" {
		row("commit", "%s of %s%s", i.Commit, i.CommitTime, map[bool]string{true: ", and changes"}[i.Modified])
	}
	if !i.Built.IsZero() {
		row("built", "%s", i.Built.Format(time.RFC3339))
	}
	row("go", "%s", i.Go)
	row("platform", "%s/%s, %s", i.OS, i.Arch, i.Kernel)
	row("config", "%s", i.configLine())
	row("control", "%s", i.controlLine())
	for _, f := range i.Features {
		row(f.Name, "%s", featureLine(f))
	}
	return t.Flush()
}

func (i information) configLine() string {
	files := strings.Join(i.Config, ", ")
	switch {
	case i.ConfigErr != "":
		return strings.TrimPrefix(files+": ", ": ") + strings.ReplaceAll(i.ConfigErr, "\n", "\n\t")
	case files == "":
		return "no file"
	}
	return files
}

func (i information) controlLine() string {
	switch {
	case i.Running != nil:
		return fmt.Sprintf("%s: supervisor %s (pid %d, %s) answers", i.Control, i.Running.Version, i.Running.PID, i.Running.Mode)
	case i.ControlErr != "":
		return strings.ReplaceAll(i.ControlErr, "\n", "\n\t")
	}
	return i.Control + ": no supervisor answers"
}

func featureLine(f doctor.Feature) string {
	answer := "yes"
	if !f.Available {
		answer = "no"
	}
	if f.Detail != "" {
		answer += " (" + f.Detail + ")"
	}
	if f.Otherwise != "" {
		answer += ": " + f.Otherwise
	}
	return answer
}
