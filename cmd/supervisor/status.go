package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
)

func statusCommand() *cobra.Command {
	var k client
	var asJSON, watch bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Show what serves, what is on its way and what drains",
		Long: `Status shows each service with its generations. One that drains has, on Linux, the
connections left that clients have to it, and the time after which it is killed. With
--watch it shows each change until Ctrl-C: in place on a terminal, one block after the
other elsewhere, and with --json one object a line.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			to, err := k.dial(c.Context())
			if err != nil {
				return err
			}
			if watch {
				return watchStatus(c.Context(), to, c.OutOrStdout(), asJSON)
			}
			st, err := to.Status(c.Context())
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(c.OutOrStdout())
				e.SetIndent("", "  ")
				return e.Encode(st)
			}
			return printStatus(c.OutOrStdout(), st, time.Now())
		},
	}
	k.flags(c)
	c.Flags().BoolVarP(&watch, "watch", "w", false, "show each change, until Ctrl-C")
	c.Flags().BoolVar(&asJSON, "json", false, "print everything, as JSON")
	return c
}

func printStatus(w io.Writer, st control.Status, now time.Time) error {
	fmt.Fprintf(w, "supervisor %s, pid %d, %s, up %s\n", st.Version, st.PID, st.Mode, age(now, st.Started))
	for _, s := range st.Services {
		fmt.Fprintf(w, "\n%s%s%s\n", s.Name, listed(s.Sockets), handedOff(s.By))
		if s.Workers != s.Configured && s.Workers != 0 {
			fmt.Fprintf(w, "  %s\n", staff(s.Workers, s.Configured))
		}
		if s.Waiting > 0 {
			fmt.Fprintf(w, "  %s until a process can take them\n", waiting(s.Waiting))
		}
		if s.Behind {
			fmt.Fprintf(w, "  what serves is older than the source: %s\n", s.Reason)
		}
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, g := range s.Generations {
			fmt.Fprintf(t, "  #%d\t%s\t%s\t%s\n", g.Number, phase(g, now), pids(g, now), g.Status)
		}
		if err := t.Flush(); err != nil {
			return err
		}
		if len(s.Generations) == 0 {
			fmt.Fprintln(w, "  nothing serves")
		}
		if err := printArtifacts(w, s.Artifacts); err != nil {
			return err
		}
	}
	return nil
}

// printArtifacts says what is kept and what became of it.
func printArtifacts(w io.Writer, all []control.Artifact) error {
	if len(all) == 0 {
		return nil
	}
	fmt.Fprintln(w, "  artifacts:")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, a := range all {
		fmt.Fprintf(t, "    %.12s\tbuilt %s\t%s\n", a.Hash, a.Built.Local().Format(time.DateTime), became(a))
	}
	return t.Flush()
}

func became(a control.Artifact) string {
	switch {
	case a.Generation != 0:
		return fmt.Sprintf("serves as #%d", a.Generation)
	case a.Rollback:
		return "has served; rollback starts it"
	case a.Served != nil:
		return "has served"
	}
	return "not one to go back to"
}

func handedOff(by string) string {
	if by == "" {
		return ""
	}
	return "  handoff by " + by
}

func listed(sockets []control.Socket) string {
	var all strings.Builder
	for _, k := range sockets {
		fmt.Fprintf(&all, "  %s=%s", k.Name, k.Address)
		if k.Learnt {
			all.WriteString(" (learnt)")
		}
	}
	return all.String()
}

// phase says where a generation is, for how long, and what a drain still has: the
// connections left, and the time.
func phase(g control.Generation, now time.Time) string {
	text := g.Phase + " for " + age(now, g.Since)
	if g.Share > 0 {
		text += fmt.Sprintf(", %d%% of new connections", g.Share)
	}
	if n := g.Connections; n != nil {
		text += fmt.Sprintf(", %d connections left", *n)
		if *n == 1 {
			text = strings.TrimSuffix(text, "connections left") + "connection left"
		}
	}
	if g.Deadline != nil {
		text += ", ends in " + age(*g.Deadline, now)
	}
	return text
}

func pids(g control.Generation, now time.Time) string {
	var all []string
	for _, p := range g.Processes {
		switch {
		case p.PID == 0:
			all = append(all, p.Phase)
		case p.Deadline != nil:
			all = append(all, fmt.Sprintf("pid %d (drains, ends in %s)", p.PID, age(*p.Deadline, now)))
		case p.Phase == "ready" || p.Phase == "stopping":
			all = append(all, fmt.Sprintf("pid %d", p.PID)+at(p.Ports)+used(p.Usage))
		default:
			all = append(all, fmt.Sprintf("pid %d (%s)", p.PID, p.Phase)+at(p.Ports)+used(p.Usage))
		}
	}
	return strings.Join(all, ", ")
}

// at is where connections are passed on to.
func at(ports []int) (text string) {
	for i, p := range ports {
		text += map[bool]string{true: " at port ", false: " and "}[i == 0] + strconv.Itoa(p)
	}
	return text
}

func waiting(n int) string {
	if n == 1 {
		return "1 connection waits"
	}
	return fmt.Sprintf("%d connections wait", n)
}

func age(now, then time.Time) string { return max(0, now.Sub(then)).Round(time.Second).String() }

func printConfig(w io.Writer, conf *config.Config) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, s := range conf.Explain() {
		fmt.Fprintf(t, "%s = %s\t# %s\n", s.Key, s.Value, s.Origin)
	}
	return t.Flush()
}
