package doctor

import "strings"

func checkCommands(all []Command) (found []Finding) {
	for _, c := range all {
		if c.Path != "" {
			found = append(found, fine("command", "%s runs %s", c.Service, c.Path))
			continue
		}
		missing := problem("command", "%s runs %s, which is not there", c.Service, c.Name).because("%s cannot start", c.Service)
		switch {
		case c.Made:
			missing = fine("command", "%s runs %s, which its build makes", c.Service, c.Name)
		case strings.ContainsAny(c.Name, `/\`):
			missing = missing.mended("make it, or name the right one in services.%s.command", c.Service)
		default:
			missing = missing.mended("install %s, or put its directory on PATH", c.Name)
		}
		found = append(found, missing)
	}
	return found
}
