package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func upgradeCommand() *cobra.Command {
	var k client
	c := &cobra.Command{
		Use:   "upgrade",
		Short: "Have a new supervisor executable take over, and wait for it",
		Long: `Upgrade replaces a supervisor that runs by the executable that now has its file's
name, in the way in which it replaces services: the new one takes the sockets, starts
its own generation of every service, and only when all of them serve the old one
drains and ends. What cannot run beside its next version is started when the old one
has ended it. SIGUSR2 does the same. Exit codes: 0 a new supervisor has taken
over, 2 it cannot use its config, 4 it did not take over, 6 no supervisor answers.
With 2 and 4 everything is as it was.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			to, err := k.dial(c.Context())
			if err != nil {
				return err
			}
			u, err := to.Upgrade(c.Context())
			if err == nil {
				fmt.Fprintf(c.OutOrStdout(), "upgraded: supervisor %d has taken over\n", u.PID)
			}
			return err
		},
	}
	k.flags(c)
	return c
}
