package air

// Key is one thing that air can be told in a file or by a flag.
type Key struct {
	Name string
	Type Type
	// Default is what air takes if nobody says otherwise: a string, bool,
	// int64 or []string.
	Default any
	// ZeroIsDefault: a zero value in a file counts for nothing. That of a flag
	// counts.
	ZeroIsDefault bool
	// Idle keys have nothing to do here. One that is set to something else than
	// the default is named in a warning.
	Idle bool
}

// Type is what kind of value a key takes. There are no conversions: air refuses
// a number where it wants a string.
type Type string

const (
	Text     Type = "a string"
	Strings  Type = "a list of strings"
	Bool     Type = "true or false"
	Number   Type = "a whole number"
	Grace    Type = `a whole number of milliseconds or a duration such as "500ms"`
	Words    Type = "a string or a list of strings"
	Rules    Type = "tables [[build.rules]]"
	Platform Type = "a table"
)

// Keys are all keys of air v1.67, in the order of its documentation.
func Keys() []Key {
	return []Key{
		{Name: "root", Type: Text, Default: ".", ZeroIsDefault: true},
		{Name: "tmp_dir", Type: Text, Default: "tmp", ZeroIsDefault: true},
		{Name: "testdata_dir", Type: Text, Default: "testdata", ZeroIsDefault: true},
		{Name: "env_files", Type: Strings},

		{Name: "build.pre_cmd", Type: Strings},
		{Name: "build.cmd", Type: Text, ZeroIsDefault: true}, // the defaults of cmd and bin differ by system: see defaults
		{Name: "build.post_cmd", Type: Strings},
		{Name: "build.bin", Type: Text, ZeroIsDefault: true},
		{Name: "build.entrypoint", Type: Words},
		{Name: "build.full_bin", Type: Text, Default: ""},
		{Name: "build.args_bin", Type: Strings},
		{Name: "build.log", Type: Text, Default: "build-errors.log", ZeroIsDefault: true, Idle: true},
		{Name: "build.include_ext", Type: Strings, Default: []string{"go", "tpl", "tmpl", "html"}},
		{Name: "build.exclude_dir", Type: Strings, Default: []string{"assets", "tmp", "vendor", "testdata"}},
		{Name: "build.include_dir", Type: Strings},
		{Name: "build.exclude_file", Type: Strings},
		{Name: "build.include_file", Type: Strings},
		{Name: "build.exclude_regex", Type: Strings, Default: []string{"_test.go"}},
		{Name: "build.exclude_unchanged", Type: Bool, Default: false},
		{Name: "build.ignore_dangerous_root_dir", Type: Bool, Default: false},
		{Name: "build.follow_symlink", Type: Bool, Default: false},
		{Name: "build.poll", Type: Bool, Default: false},
		{Name: "build.poll_interval", Type: Number, Default: int64(0)},
		{Name: "build.delay", Type: Number, Default: int64(1000), ZeroIsDefault: true},
		{Name: "build.stop_on_error", Type: Bool, Default: false},
		{Name: "build.send_interrupt", Type: Bool, Default: false},
		{Name: "build.kill_delay", Type: Grace, Default: "0s"},
		{Name: "build.rerun", Type: Bool, Default: false},
		{Name: "build.rerun_delay", Type: Number, Default: int64(500), ZeroIsDefault: true},
		{Name: "build.rules", Type: Rules},
		{Name: "build.windows", Type: Platform},
		{Name: "build.darwin", Type: Platform},
		{Name: "build.linux", Type: Platform},

		{Name: "log.time", Type: Bool, Default: false, Idle: true},
		{Name: "log.main_only", Type: Bool, Default: false, Idle: true},
		{Name: "log.silent", Type: Bool, Default: false, Idle: true},
		{Name: "color.main", Type: Text, Default: "magenta", ZeroIsDefault: true, Idle: true},
		{Name: "color.watcher", Type: Text, Default: "cyan", ZeroIsDefault: true, Idle: true},
		{Name: "color.build", Type: Text, Default: "yellow", ZeroIsDefault: true, Idle: true},
		{Name: "color.runner", Type: Text, Default: "green", ZeroIsDefault: true, Idle: true},
		{Name: "color.mode", Type: Text, Default: ""},
		{Name: "color.app", Type: Text, Default: "", Idle: true},
		{Name: "misc.clean_on_exit", Type: Bool, Default: false},
		{Name: "misc.startup_banner", Type: Text, Default: "", Idle: true},
		{Name: "screen.clear_on_rebuild", Type: Bool, Default: false},
		{Name: "screen.keep_scroll", Type: Bool, Default: true, ZeroIsDefault: true, Idle: true},
		{Name: "proxy.enabled", Type: Bool, Default: false},
		{Name: "proxy.proxy_port", Type: Number, Default: int64(0)},
		{Name: "proxy.app_port", Type: Number, Default: int64(0)},
		{Name: "proxy.app_start_timeout", Type: Number, Default: int64(0)},
	}
}

// ruleKeys are the keys of one of [[build.rules]].
func ruleKeys() []Key {
	return []Key{
		{Name: "name", Type: Text, Default: ""},
		{Name: "cmd", Type: Text, Default: ""},
		{Name: "include_dir", Type: Strings},
		{Name: "include_ext", Type: Strings},
		{Name: "include_file", Type: Strings},
		{Name: "exclude_regex", Type: Strings},
		{Name: "delay", Type: Number, Default: int64(1000)},
	}
}

// platformKeys may stand in a table of one system, such as [build.windows].
func platformKeys() []Key {
	var keys []Key
	for _, k := range Keys() {
		switch k.Name {
		case "build.pre_cmd", "build.cmd", "build.post_cmd", "build.bin", "build.entrypoint", "build.full_bin", "build.args_bin":
			k.Name = k.Name[len("build."):]
			keys = append(keys, k)
		}
	}
	return keys
}

// defaultBin is where air's own default command puts the program.
func defaultBin(system string) string {
	if system == "windows" {
		return `tmp\main.exe`
	}
	return "./tmp/main"
}

func defaultCmd(system string) string {
	if system == "windows" {
		return "go build -o ./tmp/main.exe ."
	}
	return "go build -o ./tmp/main ."
}
