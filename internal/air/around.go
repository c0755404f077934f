package air

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// around translates what stands around the program: its environment, the browser's
// proxy, the terminal, and what happens at the end.
func (t *translation) around() {
	t.environmentFiles()
	t.proxy()
	if t.yes("screen.clear_on_rebuild") {
		t.set("dev.clear", t.origin("screen.clear_on_rebuild"), true)
	}
	if t.yes("misc.clean_on_exit") {
		t.cleaning()
	}
	switch mode := t.text("color.mode"); mode {
	case "", "auto":
	case "always", "never":
		t.warn(t.origin("color.mode"), "color.mode is not known here: set NO_COLOR=1 or FORCE_COLOR=1")
	default:
		t.fault("color.mode", "found "+found(mode)+`, want "auto", "always" or "never"`, "")
	}
}

// environmentFiles names those that are there: air skips the others.
func (t *translation) environmentFiles() {
	var files []string
	for _, f := range t.list("env_files") {
		p := t.inRoot(f)
		if _, err := os.Stat(t.absolute(p)); !errors.Is(err, fs.ErrNotExist) {
			files = append(files, p)
		}
	}
	if len(files) == 0 {
		return
	}
	origin := t.origin("env_files")
	t.put("env_files", origin, files)
	t.warn(origin, "variables of env_files win over those of the environment; with air it is the other way round")
}

func (t *translation) proxy() {
	if !t.yes("proxy.enabled") {
		return
	}
	origin := t.origin("proxy.enabled")
	port, app := t.number("proxy.proxy_port"), t.number("proxy.app_port")
	if !isPort(port) || !isPort(app) {
		t.warn(origin, "the proxy is left out: proxy.proxy_port and proxy.app_port have to be ports, from 1 to 65535")
		return
	}
	t.set("dev.browser", t.origin("proxy.proxy_port"), fmt.Sprintf(":%d", port))
	t.set("dev.app", t.origin("proxy.app_port"), fmt.Sprintf("localhost:%d", app))
}

func isPort(n int64) bool { return n > 0 && n < 1<<16 }

// cleaning: nothing is made in tmp_dir but by the commands of the file, so nothing
// in it is ours to remove. Where air would remove more than its own, it is said.
func (t *translation) cleaning() {
	tmp := t.absolute(t.inRoot(t.text("tmp_dir")))
	root := t.absolute(t.root)
	holds := func(p string) bool {
		rel, err := filepath.Rel(tmp, p)
		return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
	}
	if holds(root) || holds(t.Dir) || holds(filepath.Clean(os.TempDir())) || t.Home != "" && holds(t.Home) {
		t.warn(t.origin("misc.clean_on_exit"), "misc.clean_on_exit: air would remove %s; nothing is removed here", tmp)
	}
}

// leftovers names, in one line each, the keys that have nothing to do here and those
// that air does not know either.
func (t *translation) leftovers() {
	var idle []string
	for _, k := range Keys() {
		if v, ok := t.file.top[k.Name]; k.Idle && (t.said(k.Name) || ok && k.ZeroIsDefault && v.v == false) {
			idle = append(idle, k.Name)
		}
	}
	if t.yes("build.follow_symlink") && !t.yes("build.exclude_unchanged") {
		idle = append(idle, "build.follow_symlink")
	}
	if len(idle) > 0 {
		t.warn(t.file.Name, "of no meaning here (docs/from-air.md says why): %s", strings.Join(idle, ", "))
	}
	for _, u := range t.file.unknown {
		if slices.Contains([]string{"build.stop_on_root"}, u.key) {
			continue // air's own example had it once
		}
		hint := ""
		if near := nearest(u.key); near != "" {
			hint = ": did you mean " + near + "?"
		}
		t.warn(u.origin, "%s is no key of air%s", u.key, hint)
	}
}

// nearest is a key that differs by one or two letters at its end or in its case, which
// is how keys are mistaken.
func nearest(key string) string {
	lower := strings.ToLower(key)
	for _, k := range Keys() {
		_, last, _ := strings.Cut(k.Name, ".")
		_, written, _ := strings.Cut(lower, ".")
		if k.Name == lower || written != "" && last == written || strings.TrimSuffix(lower, "s") == k.Name || lower+"s" == k.Name {
			return k.Name
		}
	}
	return ""
}
