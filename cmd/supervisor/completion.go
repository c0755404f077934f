package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
)

func completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion " + strings.Join(shells, "|"),
		Short: "Print a script that completes the command line of supervisor in a shell",
		Long: `Completion prints a script for a shell. To use it from now on:

  bash        supervisor completion bash > ~/.local/share/bash-completion/completions/supervisor
  zsh         supervisor completion zsh > "${fpath[1]}/_supervisor"
  fish        supervisor completion fish > ~/.config/fish/completions/supervisor.fish
  powershell  supervisor completion powershell >> $PROFILE

and then start a new shell. Names of services are those of the supervisor that runs,
else those of the config.`,
		ValidArgs:             shells,
		DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) != 1 || !slices.Contains(shells, args[0]) {
				return &usageError{fmt.Sprintf("cannot complete for %q", strings.Join(args, " ")), "name one shell of " + strings.Join(shells, ", ")}
			}
			return writeCompletion(c, args[0])
		},
	}
}

func writeCompletion(c *cobra.Command, shell string) error {
	root, out := c.Root(), c.OutOrStdout()
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(out, true)
	case "zsh":
		return root.GenZshCompletion(out)
	case "fish":
		return root.GenFishCompletion(out, true)
	}
	return root.GenPowerShellCompletionWithDesc(out)
}

// completionTime is how long a shell may be kept waiting for names.
const completionTime = time.Second

// completeServices offers the services that the command line does not name yet. It
// is the ValidArgsFunction of the verbs that take services.
func completeServices(c *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(c.Context(), completionTime)
	defer cancel()
	var s settings
	// A verb without one of the flags has its default.
	s.files, _ = c.Flags().GetStringArray("config")
	s.control, _ = c.Flags().GetString("control")
	names := slices.DeleteFunc(s.serviceNames(ctx), func(n string) bool { return slices.Contains(args, n) })
	return names, cobra.ShellCompDirectiveNoFileComp
}

// serviceNames are those of the supervisor that runs, else those of the config.
func (s *settings) serviceNames(ctx context.Context) (names []string) {
	if path, err := control.Find(ctx, s.where()); err == nil {
		if st, err := control.NewClient(path).Status(ctx); err == nil {
			for _, v := range st.Services {
				names = append(names, v.Name)
			}
			return names
		}
	}
	s.mode = config.Run // looks for no package
	conf, err := s.load(ctx)
	if err != nil {
		return nil
	}
	for _, v := range conf.Services {
		names = append(names, v.Name)
	}
	return names
}
