package doctor

import (
	"os/exec"
	"path/filepath"
	"strings"
)

// findCommands resolves the command of each service as starting it would: with a
// slash relative to the service's directory, else on its PATH.
func findCommands(o Options) (all []Command) {
	for _, s := range o.services() {
		if len(s.Command) == 0 {
			continue
		}
		c := Command{Service: s.Name, Name: s.Command[0], Made: s.Build.Command != "" || s.Package != ""}
		if strings.ContainsAny(c.Name, `/`+string(filepath.Separator)) {
			file := c.Name
			if !filepath.IsAbs(file) {
				file = filepath.Join(s.Dir, file)
			}
			c.Path, _ = exec.LookPath(file)
		} else {
			env := append(append([]string{}, o.Environ...), s.Env...)
			c.Path = lookPath(environ(env)["PATH"], c.Name)
		}
		all = append(all, c)
	}
	return all
}
