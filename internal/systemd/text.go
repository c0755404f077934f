package systemd

import (
	"fmt"
	"strings"

	"github.com/seed-27ba25bb/supervisor/internal/control"
)

// StatusText is how everything stands in one line:
//
//	web: #7 (1f2e3d4c) serves (v1.4.2), #6 drains until 12:03:09; api: nothing serves, not ready: it exited
//
// In brackets are the version that was built and, of what serves, what the service says
// of itself (STATUS=).
func StatusText(st control.Status) string {
	var all []string
	for _, s := range st.Services {
		all = append(all, s.Name+": "+serviceText(s))
	}
	if len(all) == 0 {
		return "no services"
	}
	return strings.Join(all, "; ")
}

func serviceText(s control.Service) string {
	var parts []string
	serves := false
	for _, g := range s.Generations {
		parts = append(parts, generationText(g))
		serves = serves || g.Phase == "serving"
	}
	if !serves {
		parts = append([]string{"nothing serves"}, parts...)
	}
	if s.Reason != "" {
		parts = append(parts, s.Reason)
	}
	return strings.Join(parts, ", ")
}

func verb(phase string) string {
	switch phase {
	case "serving":
		return "serves"
	case "draining":
		return "drains"
	}
	return "is " + phase
}

// unsaid is what pkg/handoff says for a service that says nothing of itself.
const unsaid = "ready"

func generationText(g control.Generation) string {
	text := fmt.Sprintf("#%d", g.Number)
	if g.Artifact != "" {
		text += " (" + g.Artifact[:min(8, len(g.Artifact))] + ")"
	}
	text += " " + verb(g.Phase)
	if g.Phase == "serving" && g.Status != "" && g.Status != unsaid {
		text += " (" + oneLine(g.Status) + ")"
	}
	if g.Deadline != nil {
		text += " until " + g.Deadline.Format("15:04:05")
	}
	return text
}
