package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// written is the file that init makes.
const written = "supervisor.toml"

func initCommand() *cobra.Command {
	var from string
	c := &cobra.Command{
		Use:   "init",
		Short: "Write a commented supervisor.toml for the project in this directory",
		Long: `Init writes supervisor.toml: for a Go module one service for each main package, else
one with a command to fill in. It asks nothing and overwrites nothing. With --from it
writes what the config of another tool, such as .air.toml, means here.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := noConfigYet(); err != nil {
				return err
			}
			p, err := propose(c.Context(), from)
			if err != nil {
				return err
			}
			if err := create(written, p.text); err != nil {
				return err
			}
			return p.print(c.OutOrStdout())
		},
	}
	c.Flags().StringVar(&from, "from", "", "`FILE` of another tool to convert, such as .air.toml")
	return c
}

// proposal is a config to write, and what to say about it.
type proposal struct {
	text  []byte
	notes []string
	next  string
}

func (p proposal) print(w io.Writer) error {
	fmt.Fprintf(w, "wrote %s\n", written)
	for _, n := range p.notes {
		fmt.Fprintf(w, "  %s\n", n)
	}
	_, err := fmt.Fprintf(w, "next: %s\n", p.next)
	return err
}

// noConfigYet refuses to put a second config beside one: only one would count.
func noConfigYet() error {
	files, err := (&settings{}).configFiles()
	if err != nil || len(files) == 0 {
		return err
	}
	return &usageError{"cannot write " + written + ": there is " + files[0] + " already", "see what it says with: supervisor config --dev; or remove it first"}
}

func create(file string, text []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", file, bare(err))
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		os.Remove(file)
		return fmt.Errorf("cannot write %s: %w", file, bare(err))
	}
	return nil
}

// bare leaves out the path, which the message has.
func bare(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err
	}
	return err
}

func propose(ctx context.Context, from string) (proposal, error) {
	if from != "" {
		return convert(from)
	}
	mains, err := rebuild.MainPackages(ctx, ".")
	if ctx.Err() != nil {
		return proposal{}, err
	}
	var p proposal
	switch {
	case len(mains) > 0:
		p = proposePrograms(candidates(mains))
	case err == nil:
		p = proposeCommand("there is no main package in this module")
	case errors.Is(err, rebuild.ErrNoModule):
		p = proposeCommand("there is no Go module here")
	default:
		p = proposeCommand(err.Error())
	}
	if file, ok := airHere(); ok {
		p.notes = append(p.notes, fmt.Sprintf("there is %s: to convert it, remove %s and type: supervisor init --from %s", file, written, file))
	}
	return p, nil
}

func proposePrograms(all []candidate) proposal {
	p := proposal{text: []byte(programsFile(all)), next: "supervisor"}
	services := 0
	for _, g := range all {
		if g.aside {
			p.notes = append(p.notes, g.dir+" is commented out: it looks like no service")
			continue
		}
		services++
		p.notes = append(p.notes, fmt.Sprintf("service %s runs %s", g.name, g.dir))
	}
	if services > 1 {
		p.next = "remove from it what is no service, then type: supervisor"
	}
	return p
}

func proposeCommand(why string) proposal {
	return proposal{
		text:  []byte(commandFile()),
		notes: []string{why},
		next:  "put the command of your service into it, then type: supervisor",
	}
}

// convert writes what another tool's file means here.
func convert(from string) (proposal, error) {
	data, err := readAir(from)
	if err != nil {
		return proposal{}, &usageError{fmt.Sprintf("cannot convert %s: %v", from, bare(err)), "name a file such as .air.toml"}
	}
	text, warnings, err := fromAir(from, data)
	if err != nil {
		return proposal{}, err
	}
	for i, w := range warnings {
		warnings[i] = "warning: " + w
	}
	return proposal{text, warnings, "supervisor"}, nil
}
