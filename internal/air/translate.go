package air

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// translation is the work of Translate.
type translation struct {
	Options
	settings
	Result
	file *File
	// root is what is watched, below Dir: "." or a path without "./".
	root string
	// watches is set if what runs follows its files by itself.
	watches  bool
	problems problems
}

// Translate says what the file says in the terms of our own config. It looks at the
// files in Dir where the meaning depends on them: which Go files a directory has, and
// which of env_files are there.
func (f *File) Translate(o Options) (Result, error) {
	o, err := o.complete()
	if err != nil {
		return Result{}, fmt.Errorf("cannot load config: %w", err)
	}
	s, err := merge(f, o.Flags, o.System)
	if err != nil {
		return Result{}, err
	}
	t := &translation{
		Options: o, settings: s, file: f,
		Result: Result{Tree: map[string]any{}, Origins: map[string]string{}, source: f.Name},
	}
	t.root = t.relative(t.text("root"))
	t.checkRoot()
	t.program()
	t.ending()
	t.watching()
	t.rules()
	t.shell()
	t.around()
	t.leftovers()
	t.Warnings = unique(t.Warnings)
	return t.Result, t.problems.err()
}

// checkRoot refuses what air refuses: to watch all of a home or of the machine.
func (t *translation) checkRoot() {
	root := t.absolute(t.root)
	dangerous := root == filepath.VolumeName(root)+string(filepath.Separator) || t.Home != "" && root == filepath.Clean(t.Home)
	if dangerous && !t.yes("build.ignore_dangerous_root_dir") {
		t.fault("root", fmt.Sprintf("%s is no project", root), "go to one, or set build.ignore_dangerous_root_dir = true to watch all of it")
	}
}

func (t *translation) fault(key, problem, hint string) {
	where := t.origin(key)
	if where == "" {
		where = t.file.Name
	}
	t.problems.add(&Error{Where: where, Key: key, Problem: problem, Hint: hint})
}

// inRoot is a path of the file that starts at root, below Dir.
func (t *translation) inRoot(p string) string {
	p = t.native(strings.TrimSpace(p))
	if path.IsAbs(p) || strings.HasPrefix(p, "~/") || filepath.IsAbs(p) {
		return t.relative(p)
	}
	return t.relative(path.Join(t.root, p))
}

// name is what the service is called: as its program, or as the directory if the
// program has a name that says nothing.
func (t *translation) name(program string) string {
	if t.Options.Name != "" {
		return serviceName(t.Options.Name)
	}
	base := strings.TrimSuffix(path.Base(program), ".exe")
	if slices.Contains([]string{"", ".", "main", "app", "bin", "tmp", "true", "dlv", "sh", "go", "out"}, base) {
		base = filepath.Base(t.Dir)
	}
	return serviceName(base)
}

// serviceName makes a name that our config allows.
func serviceName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r = unicode.ToLower(r); {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, s)
	s = strings.TrimLeft(s, "-_")
	if s == "" {
		return "service"
	}
	return s[:min(len(s), 64)]
}
