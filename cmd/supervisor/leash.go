package main

import (
	"io"
	"os"

	"github.com/spf13/cobra"
)

// leashName is the flag of run by which another program of ours keeps a supervisor that
// must not outlive it, however it ends.
const leashName = "leash"

func leashFlag(c *cobra.Command, leash *bool) {
	c.Flags().BoolVar(leash, leashName, false, "end when the standard input does")
	c.Flags().MarkHidden(leashName)
}

// followLeash drains everything when nobody holds the other end any more. Its goroutine
// cannot be waited for: it may read until the program ends.
func (d *daemon) followLeash() {
	if !d.settings.leash {
		return
	}
	go func() {
		io.Copy(io.Discard, os.Stdin)
		d.Supervisor.Stop()
	}()
}
