//go:build real

package real

import (
	"fmt"
	"os"
	"strings"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

const serversPage = `# Servers that were handed off

Real servers, as they are, each handed off %d times under load: requests on new connections, of which none may be lost, and requests on connections that stay open, which are counted. A client looks whether the server has closed a connection before it asks on it, as most do, and never asks again. ` + "`make test-servers`" + ` makes this page; ` + "`make test-real`" + ` tries those that are marked with a star.

| server | language | handoff | new connections | held connections |
|---|---|---|---|---|
%s
%s`

// writeServers makes docs/compatibility.md.
func writeServers(file string, all []outcome) error {
	var rows, notes strings.Builder
	handoffs := 0
	for _, o := range all {
		name, held := o.name, "–"
		if o.part {
			name += " *"
		}
		if o.server.held != "none" {
			held = lost(o.held)
		}
		handoffs = o.handoffs
		fmt.Fprintf(&rows, "| %s | %s | %s | %s | %s |\n", name, o.language, o.by, lost(o.new), held)
		if o.resets != "" {
			fmt.Fprintf(&notes, "- %s: %s\n", o.name, o.resets)
		}
	}
	return os.WriteFile(file, fmt.Appendf(nil, serversPage, handoffs, rows.String(), notes.String()), 0o644)
}

func lost(r load.Report) string {
	text := fmt.Sprintf("%d of %d lost", r.Failed(), r.Requests)
	for _, k := range load.Failures() {
		if n := r.Failures[k]; n > 0 {
			text += fmt.Sprintf(", %d %s", n, k)
		}
	}
	return text
}
