package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/telemetry"
)

func logsCommand() *cobra.Command {
	var k client
	var follow, asJSON bool
	c := &cobra.Command{
		Use:               "logs [-f] [SERVICE…]",
		ValidArgsFunction: completeServices,
		Short:             "Show what services printed last, and follow it",
		Long: `Logs shows the last lines of each generation of the named services, or of all, and with
-f goes on with those to come. The supervisor keeps a hundred lines of each of the last
eight generations, and of builds. What it does not see it cannot show: services with
logs = inherit, which is the default of run, write where the supervisor does.`,
		RunE: func(c *cobra.Command, args []string) error {
			to, err := k.dial(c.Context())
			if err != nil {
				return err
			}
			if asJSON {
				lines := json.NewEncoder(c.OutOrStdout())
				lines.SetEscapeHTML(false)
				return to.Logs(c.Context(), args, follow, func(e control.Event) error { return lines.Encode(e) })
			}
			color := telemetry.Colored(os.Stdout) && c.OutOrStdout() == os.Stdout
			log := telemetry.New(telemetry.Options{Out: c.OutOrStdout(), Color: color})
			return to.Logs(c.Context(), args, follow, func(e control.Event) error {
				if e.Event == control.EventOutput {
					log.Line(e.Time, e.Service, e.Generation, e.Message)
				} else {
					fmt.Fprintf(c.ErrOrStderr(), "supervisor: %s\n", told(e))
				}
				return nil
			})
		},
	}
	k.flags(c)
	c.Flags().BoolVarP(&follow, "follow", "f", false, "go on with what is printed from now on")
	c.Flags().BoolVar(&asJSON, "json", false, "print events in JSON, one object a line")
	return c
}

// told is an event that is no line, in words.
func told(e control.Event) string {
	switch {
	case e.Service == "":
		return e.Message
	case e.Generation == 0:
		return e.Service + ": " + e.Message
	}
	return fmt.Sprintf("%s #%d: %s", e.Service, e.Generation, e.Message)
}
