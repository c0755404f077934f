package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/doctor"
	"github.com/seed-27ba25bb/supervisor/pkg/watch"
)

func doctorCommand() *cobra.Command {
	s := &settings{mode: config.Dev}
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor [PACKAGE | -- COMMAND…]",
		Short: "Find what keeps a service from running, and say what mends it",
		Long: `Doctor checks the config, the go command, the addresses, what watching needs, the
control socket, systemd units, and the services of a supervisor that runs. For each
it says what it found, and if something is wrong why that matters and which command
mends it. It changes nothing. A command after -- is run once, too, under the eyes of
doctor, which says what handoff it will get, how it ends, and what would make it better.
Exit codes: 0 no problem, 2 problems.`,
		RunE: func(c *cobra.Command, args []string) error {
			if err := s.words(c, args); err != nil {
				return err
			}
			o, err := s.examined(c.Context())
			if err != nil {
				return err
			}
			facts := doctor.Gather(c.Context(), o)
			progress := c.ErrOrStderr()
			if asJSON {
				progress = io.Discard
			}
			if err := s.try(c.Context(), &facts, progress); err != nil {
				return err
			}
			return printFindings(c.OutOrStdout(), doctor.Diagnose(facts), asJSON)
		},
	}
	s.flags(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print all findings, as JSON")
	return c
}

// loadTime is how long doctor and info may take to load the config, which can mean
// to ask the go command for a main package.
const loadTime = 10 * time.Second

// examined is what doctor looks at. That the config cannot be loaded is a finding.
func (s *settings) examined(ctx context.Context) (o doctor.Options, err error) {
	if o.Dir, err = os.Getwd(); err != nil {
		return o, err
	}
	o.Environ, o.Control, o.Silent = os.Environ(), s.where(), watch.Silent
	o.Config, o.Files, o.ConfigErr = s.loadHere(ctx)
	if len(o.Files) > 0 {
		if first, err := filepath.Abs(o.Files[0]); err == nil {
			o.Dir = filepath.Dir(first)
		}
	}
	return o, nil
}

// loadHere loads what a supervisor would run that was started here: by our config, by
// air's, or by the command line alone. The files are those that were named or found.
func (s *settings) loadHere(ctx context.Context) (conf *config.Config, files []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, loadTime)
	defer cancel()
	if len(s.files) == 0 && s.command == nil && s.pkg == "" {
		if file, ok := airHere(); ok {
			conf, err = s.loadAir(file)
			return conf, []string{file}, err
		}
	}
	conf, err = s.load(ctx)
	files, fileErr := s.configFiles()
	return conf, files, cmp.Or(err, fileErr)
}

func (s *settings) loadAir(file string) (*config.Config, error) {
	tree, warnings, err := (&airLine{file: file}).tree()
	if err != nil {
		return nil, err
	}
	o := config.Options{Mode: s.mode, Profile: s.profile, Trees: []config.Tree{tree}}
	conf, err := config.Load(o)
	if err != nil {
		return nil, err
	}
	conf.Warnings = append(warnings, conf.Warnings...)
	return conf, nil
}

func printFindings(w io.Writer, all []doctor.Finding, asJSON bool) error {
	problems, warnings := doctor.Count(all, doctor.Problem), doctor.Count(all, doctor.Warning)
	var err error
	if asJSON {
		err = writeJSON(w, map[string]any{"findings": all, "problems": problems, "warnings": warnings})
	} else {
		err = writeFindings(w, all)
		fmt.Fprintf(w, "\n%s, %s\n", counted(problems, "problem"), counted(warnings, "warning"))
	}
	if err == nil && problems > 0 {
		return verdictError(exitUsage)
	}
	return err
}

func writeFindings(w io.Writer, all []doctor.Finding) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range all {
		// What was found may have lines of its own, which stay in their column.
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.Outcome, f.Check, strings.ReplaceAll(f.Found, "\n", "\n\t\t"))
		if f.Why != "" {
			fmt.Fprintf(t, "\t\twhy:  %s\n", f.Why)
		}
		if f.Mend != "" {
			fmt.Fprintf(t, "\t\tmend: %s\n", f.Mend)
		}
	}
	return t.Flush()
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
