package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// run is the program without the process around it.
func run(args []string, stdout, stderr io.Writer) int {
	err := execute(args, stdout, stderr)
	complain(stderr, err)
	return exitCode(err)
}

func execute(args []string, stdout, stderr io.Writer) error {
	root := command(stdout, stderr)
	line, rest, err := airArgs(root, args)
	if err != nil {
		return err
	}
	if line != nil {
		root = commandWith(line, stdout, stderr)
	}
	root.SetArgs(withVerb(root, rest))
	return root.ExecuteContext(context.Background())
}

// withVerb makes "supervisor" and "supervisor --listen :8080" mean dev.
func withVerb(root *cobra.Command, args []string) []string {
	for _, a := range args {
		if a == "--" {
			break // what follows is the service's
		}
		switch a {
		case "-h", "--help", "--version":
			return args
		}
	}
	if len(args) == 0 || args[0] != "" && args[0][0] == '-' {
		return append([]string{"dev"}, args...)
	}
	return args
}

func command(stdout, stderr io.Writer) *cobra.Command { return commandWith(nil, stdout, stderr) }

// commandWith is the command when dev is told more in the terms of air.
func commandWith(line *airLine, stdout, stderr io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "supervisor",
		Short: "Run a network service and never lose a connection",
		Long: `Supervisor holds the listening sockets of a service, rebuilds it, starts the new
version on the same sockets, waits until it is ready, and then drains the old one.
Without a verb it does what "supervisor dev" does.`,
		// Reached only with a word that is no verb: see withVerb.
		Args:                       cobra.ArbitraryArgs,
		RunE:                       unknownVerb,
		SilenceErrors:              true,
		SilenceUsage:               true,
		SuggestionsMinimumDistance: 2,
		Version:                    version().String(),
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return &usageError{err.Error(), "see: " + c.CommandPath() + " --help"}
	})
	root.AddCommand(
		devCommand(line), runCommand(), reloadCommand(), rollbackCommand(), statusCommand(), logsCommand(), scaleCommand(), stopCommand(), upgradeCommand(),
		initCommand(), configCommand(), doctorCommand(), proveCommand(), infoCommand(), versionCommand(), completionCommand(),
	)
	root.AddCommand(systemCommands()...)
	root.SetHelpCommand(helpCommand(root))
	return root
}

func unknownVerb(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return c.Help()
	}
	hint := "see: supervisor --help"
	if strings.ContainsAny(args[0], `./\`) {
		hint = "to run that package: supervisor dev " + args[0]
	}
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "did you mean " + strings.Join(near, " or ") + "? " + hint
	}
	return &usageError{fmt.Sprintf("there is no verb %q", args[0]), hint}
}

// helpCommand is cobra's, but for a word that is no verb: that is an error.
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [VERB]",
		Short: "Help about a verb",
		RunE: func(_ *cobra.Command, args []string) error {
			verb, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return unknownVerb(root, args)
			}
			verb.InitDefaultHelpFlag()
			verb.InitDefaultVersionFlag()
			return verb.Help()
		},
	}
}
