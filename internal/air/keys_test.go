package air

import (
	"strings"
	"testing"
)

// keyCase is a file, with what its rendering has to hold, or not hold after a "!".
// Where the file matters, it is below /p.
type keyCase struct {
	text string
	want []string
}

// Every key of air has a case that shows what it comes to.
func TestKeys(t *testing.T) {
	cases := keyCases()
	for _, k := range Keys() {
		if len(cases[k.Name]) == 0 {
			t.Errorf("%s has no case", k.Name)
		}
	}
	for name, list := range cases {
		for _, c := range list {
			t.Run(name, func(t *testing.T) { checkKey(t, c) })
		}
	}
}

func checkKey(t *testing.T, c keyCase) {
	r, err := translate(t, []byte(c.text), "")
	if err != nil {
		t.Fatal(err)
	}
	text := string(Render(r))
	for _, w := range c.want {
		absent, not := strings.CutPrefix(w, "!")
		if not == strings.Contains(text, absent) {
			t.Errorf("of %s\nwant %q in\n%s", c.text, w, text)
		}
	}
}

func keyCases() map[string][]keyCase {
	idle := "of no meaning here (docs/from-air.md says why): "
	return map[string][]keyCase{
		"root": {
			{"", []string{`paths = ["."]`}},
			{"root = './api/'\nbuild.exclude_dir = ['x']", []string{`paths = ["api"]`, `"/api/x/"`, `"/api/tmp/"`, `package = "."`}},
			{"root = 'api'\nbuild.entrypoint = './tmp/x'\nbuild.cmd = 'make'", []string{`output = "api/tmp/x"`}},
			{"root = '..'", []string{`paths = [".."]`, `"/../tmp/"`}},
			{"root = '/else'\nbuild.cmd = 'make'\nbuild.entrypoint = './x'", []string{`paths = ["/else"]`, `/else/tmp/"`, `"/../`, `command = ["/else/x"]`}},
		},
		"tmp_dir": {
			{"", []string{`"/tmp/"`}},
			{"tmp_dir = 'build/air'", []string{`"/build/air/"`}},
			{"build.cmd = 'cp go.mod ./tmp/copy && go build -o ./tmp/main .'", []string{`before = ["mkdir -p tmp", "cp go.mod ./tmp/copy"]`}},
			{"build.cmd = 'ls && go build -o ./tmp/main .'", []string{`before = ["ls"]`}},
			{"build.cmd = 'ls > /tmp/x; make'\nbuild.bin = 'out/x'", []string{"!mkdir"}},
			{"build.cmd = 'cp x tmp/main'", []string{`before = ["mkdir -p tmp"]`}},
			{"build.cmd = 'go build -v -o ./tmp/main ./...'", []string{"!mkdir"}},
		},
		"testdata_dir": {
			{"", []string{`"/testdata/"`}},
			{"testdata_dir = 'fixtures'", []string{`"/fixtures/"`}},
		},
		"env_files":     {{"env_files = ['go.mod', 'none']", []string{`env_files = ["go.mod"]`, "variables of env_files win"}}, {"env_files = ['none']", []string{"!env_files"}}},
		"build.pre_cmd": {{"[build]\npre_cmd = ['a', 'b']", []string{`before = ["a", "b"]`, "a failing build.pre_cmd fails the build"}}, {"[build]\nstop_on_error = true\npre_cmd = ['a']", []string{"!failing"}}},
		"build.cmd": {
			{"", []string{`package = "."`, "!command"}},
			{"[build]\ncmd = ''", []string{`package = "."`}},
			{"[build]\ncmd = 'make'", []string{`command = "make"`, `output = "tmp/main"`}},
			{"[build]\ncmd = 'swag init && go build -o ./tmp/main ./cmd/x'", []string{`before = ["swag init"]`, `package = "./cmd/x"`}},
			{"[build]\ncmd = 'go build -o ./tmp/main . && ./tmp/main'", []string{`package = "."`, "starts the program, which air does by itself"}},
			{"[build]\ncmd = 'go run ./cmd/x'", []string{`command = ["go", "run", "./cmd/x"]`, `by = "restart"`, "!output", "does not end by itself"}},
			{"[build]\ncmd = 'go run build.go'\nbin = './out/x'", []string{`command = "go run build.go"`, `output = "out/x"`, "!restart"}},
			{"[build]\ncmd = 'dlv debug --headless'\nbin = '/bin/true'\npre_cmd = ['make']", []string{`command = ["/bin/sh", "-c", "make && dlv debug --headless"]`, `by = "restart"`, "!stdin"}},
			{"[build]\ncmd = 'npm run watch'\nbin = 'true'", []string{`command = ["npm", "run", "watch"]`, "stdin = true", `paths = [".air.toml"]`}},
		},
		"build.post_cmd": {{"[build]\npost_cmd = ['docker compose down']", []string{"build.post_cmd is not run: write it after the supervisor, as in: supervisor; docker compose down"}}},
		"build.bin": {
			{"[build]\ncmd = 'make'\nbin = './bin/x'", []string{`output = "bin/x"`}},
			{"[build]\ncmd = 'make'\nbin = './bin/x serve --port 1'", []string{`output = "bin/x"`, `args = ["serve", "--port", "1"]`}},
			{"[build]\ncmd = 'make'\nbin = 'FOO=1 ./bin/x'", []string{`output = "bin/x"`, "[services.x.env]\nFOO = \"1\""}},
			{"[build]\ncmd = 'make'\nbin = './run.sh'", []string{`command = ["./run.sh"]`, "!output"}},
			{"[build]\nbin = 'true'", []string{`command = ["true"]`, "nothing runs but build.cmd", "once = true"}},
			{"root = 'api'\n[build]\ncmd = 'make'\nbin = 'tmp/x'", []string{`output = "tmp/x"`}},
			{"[build]\ncmd = 'go build -o ./tmp/main .'\nbin = 'tmp\\main'", []string{`package = "."`}},
		},
		"build.entrypoint": {
			{"[build]\ncmd = 'make'\nentrypoint = ['./x', '-a', '-b']\nargs_bin = ['-c']", []string{`output = "x"`, `args = ["-a", "-b", "-c"]`}},
			{"[build]\ncmd = 'make'\nentrypoint = ''\nbin = './y'", []string{`output = "y"`}},
			{"[build]\ncmd = 'make'\nentrypoint = 'x'\nbin = 'y'", []string{`output = "x"`}},
			{"[build]\ncmd = 'make'\nentrypoint = ['go', 'run', '.']", []string{`command = ["go", "run", "."]`, "!output"}},
			{"[build]\nentrypoint = ['dlv', 'exec', './tmp/main']", []string{`command = ["dlv", "exec", "./tmp/main"]`, "stdin = true", "dlv holds its port"}},
		},
		"build.full_bin": {
			{"[build]\nfull_bin = 'A=1 ./tmp/main serve'", []string{`package = "."`, `args = ["serve"]`, `A = "1"`}},
			{"[build]\nfull_bin = './tmp/main --port $PORT'", []string{`command = ["/bin/sh", "-c", "exec ./tmp/main --port $PORT"]`, "!output", "!restart"}},
			{"[build]\nfull_bin = 'A=1 ./tmp/main ${X:-$$}'", []string{`"A=1 exec ./tmp/main $${X:-$$$}"`}},
			{"[build]\nfull_bin = 'cd web && ./x | tee log'", []string{`command = ["/bin/sh", "-c", "cd web && ./x | tee log"]`, `by = "restart"`, "several commands"}},
			{"[build]\nfull_bin = \"sh -c './tmp/main serve'\"", []string{`package = "."`, `args = ["serve"]`}},
			{"[build]\nfull_bin = 'dlv exec --headless ./tmp/main'", []string{`by = "restart"`, "!stdin"}},
		},
		"build.args_bin": {
			{"[build]\nargs_bin = ['a b', \"'c d'\"]", []string{`args = ["a", "b", "c d"]`}},
			{"[build]\nargs_bin = ['$HOME']", []string{`"exec tmp/main $HOME"`}},
		},
		"build.log":         {{"[build]\nlog = 'x'", []string{idle + "build.log"}}, {"[build]\nlog = ''", []string{"!" + idle}}},
		"build.include_ext": includeExt(),
		"build.exclude_dir": excludeDir(),
		"build.include_dir": {
			{"[build]\ninclude_dir = ['a', 'b/c']", []string{`paths = ["a", "b/c", "go.mod", "go.sum"]`}},
			{"[build]\ninclude_dir = ['../shared']", []string{`paths = [".", "../shared"]`}},
			{"[build]\ninclude_dir = ['a', 'vendor/x']", []string{`paths = ["a", "go.mod", "go.sum"]`, "vendor/x is in vendor, which is excluded"}},
		},
		"build.exclude_file": {
			{"[build]\nexclude_file = ['gen/*.go']", []string{`"/gen/*.go"`}},
			{"[build]\nexclude_file = ['./x.go', '[']", []string{`"/x.go"`, `air does not know "./x.go"`, `"[" is no pattern`}},
		},
		"build.include_file":              {{"[build]\ninclude_file = ['.env', 'Makefile', '*.go']", []string{`paths = [".", ".env", "Makefile"]`, `"*.go" names no file`}}},
		"build.exclude_regex":             {{"", []string{`"*_test.go"`}}, {"[build]\nexclude_regex = ['[a-z]+x', '/gen/']", []string{`"gen/"`, `"[a-z]+x" cannot be said as a pattern`, "!_test.go"}}, {"root='a'\n[build]\nexclude_regex = ['^x']", []string{`"/a/x*"`}}},
		"build.exclude_unchanged":         {{"[build]\nexclude_unchanged = true", []string{"!warn"}}},
		"build.ignore_dangerous_root_dir": {{"root = '/'\nbuild.ignore_dangerous_root_dir = true", []string{`paths = ["/"]`}}},
		"build.follow_symlink":            {{"[build]\nfollow_symlink = true", []string{idle + "build.follow_symlink"}}, {"[build]\nfollow_symlink = true\nexclude_unchanged = true", []string{"!" + idle}}},
		"build.poll":                      {{"[build]\npoll = true", []string{`poll = "500ms"`}}, {"", []string{"!poll"}}},
		"build.poll_interval":             {{"[build]\npoll = true\npoll_interval = 2000", []string{`poll = "2s"`}}, {"[build]\npoll_interval = 2000", []string{"!poll"}}},
		"build.delay":                     {{"[build]\ndelay = 3000", []string{"build.delay is not waited for"}}, {"[build]\ndelay = 0", []string{"!delay"}}, {"[build]\ndelay = 200", []string{"!delay"}}},
		"build.stop_on_error":             {{"[build]\nstop_on_error = true", []string{"!stop_on_error"}}},
		"build.send_interrupt":            {{"[build]\nsend_interrupt = true", []string{`signal = "INT"`, "!timeout =", "gives the program no time in air"}}, {"", []string{"!signal"}}},
		"build.kill_delay":                {{"[build]\nsend_interrupt = true\nkill_delay = '7s'", []string{`timeout = "7s"`}}, {"[build]\nsend_interrupt = true\nkill_delay = 500", []string{`timeout = "500ms"`}}, {"[build]\nkill_delay = 500", []string{"!timeout =", "build.kill_delay means nothing without"}}},
		"build.rerun":                     {{"[build]\nrerun = true", []string{"!once", `by = "restart"`, "!rerun_delay", `timeout = "2s"`}}, {"[build]\nrerun = true\nsend_interrupt = true\nkill_delay = '9s'", []string{`timeout = "9s"`}}, {"", []string{"once = true", "!restart"}}},
		"build.rerun_delay":               {{"[build]\nrerun = true\nrerun_delay = 100", []string{"build.rerun_delay is not known here"}}, {"[build]\nrerun_delay = 100", []string{"!rerun_delay"}}},
		"build.rules":                     ruleCases(),
		"build.linux":                     {{"[build]\ncmd = 'make'\n[build.linux]\nbin = 'l'\ncmd = ''\nargs_bin = []", []string{`output = "l"`, `command = "make"`, ".air.toml"}}},
		"build.windows":                   {{"[build.windows]\ncmd = 'w'", []string{`package = "."`, "!\"w\""}}},
		"build.darwin":                    {{"[build.darwin]\ncmd = 'd'", []string{`package = "."`, "!\"d\""}}},
		"log.time":                        {{"[log]\ntime = true", []string{idle + "log.time"}}},
		"log.main_only":                   {{"[log]\nmain_only = true", []string{idle + "log.main_only"}}},
		"log.silent":                      {{"[log]\nsilent = true", []string{idle + "log.silent"}}, {"[log]\nsilent = false", []string{"!" + idle}}},
		"color.main":                      {{"[color]\nmain = 'raw'", []string{idle + "color.main"}}, {"[color]\nmain = 'magenta'", []string{"!" + idle}}},
		"color.watcher":                   {{"[color]\nwatcher = 'raw'", []string{idle + "color.watcher"}}},
		"color.build":                     {{"[color]\nbuild = 'raw'", []string{idle + "color.build"}}},
		"color.runner":                    {{"[color]\nrunner = 'raw'", []string{idle + "color.runner"}}},
		"color.mode":                      {{"[color]\nmode = 'never'", []string{"set NO_COLOR=1"}}, {"[color]\nmode = 'auto'", []string{"!color"}}},
		"color.app":                       {{"[color]\napp = 'red'", []string{idle + "color.app"}}},
		"misc.clean_on_exit":              {{"[misc]\nclean_on_exit = true", []string{"!clean"}}, {"tmp_dir = '/tmp/'\n[misc]\nclean_on_exit = true", []string{"air would remove /tmp; nothing is removed here"}}, {"root = 'api'\ntmp_dir = '.'\n[misc]\nclean_on_exit = true", []string{"/project/api; nothing is removed"}}, {"tmp_dir = '.'\n[misc]\nclean_on_exit = true", []string{"air would remove "}}},
		"misc.startup_banner":             {{"[misc]\nstartup_banner = 'hi'", []string{idle + "misc.startup_banner"}}},
		"screen.clear_on_rebuild":         {{"[screen]\nclear_on_rebuild = true", []string{"[dev]\nclear = true"}}},
		"screen.keep_scroll":              {{"[screen]\nkeep_scroll = false", []string{idle + "screen.keep_scroll"}}},
		"proxy.enabled":                   {{"[proxy]\nenabled = true\nproxy_port = 8090\napp_port = 8080", []string{`browser = ":8090"`, `app = "localhost:8080"`}}, {"[proxy]\nenabled = false\nproxy_port = 8090\napp_port = 8080", []string{"![dev]"}}},
		"proxy.proxy_port":                {{"[proxy]\nenabled = true\napp_port = 8080", []string{"the proxy is left out", "![dev]"}}},
		"proxy.app_port":                  {{"[proxy]\nenabled = true\nproxy_port = 8090\napp_port = 70000", []string{"the proxy is left out", "![dev]"}}},
		"proxy.app_start_timeout":         {{"[proxy]\napp_start_timeout = 5000", []string{"!timeout"}}},
	}
}

func includeExt() []keyCase {
	return []keyCase{
		{"", []string{`include = ["*.go", "*.tpl", "*.tmpl", "*.html", "go.mod", "go.sum", "go.work"]`}},
		{"[build]\ninclude_ext = ['templ']", []string{`include = ["*.templ"]`}},
		{"[build]\ninclude_ext = ['.css', '*.js', 'html.tmpl']", []string{`"*.css", "*.js", "*.html.tmpl"`, `air finds no file for ".css"`, `air finds no file for "html.tmpl"`}},
		{"[build]\ninclude_ext = ['*']\ncmd = 'make'\nbin = 'bin/x'", []string{"!include =", `"/bin/x"`}},
		{"[build]\ninclude_ext = []", []string{`"*.go"`, "build.include_ext is empty"}},
	}
}

func excludeDir() []keyCase {
	return []keyCase{
		{"", []string{`exclude = [".*/", "/tmp/", "/testdata/", "/assets/", "/vendor/", "*_test.go"]`}},
		{"[build]\nexclude_dir = []", []string{"!vendor"}},
		{"[build]\nexclude_dir = [' web/dist/ ']", []string{`"/web/dist/"`}},
		{"[build]\nexclude_dir = ['web\\dist', './gen', '**/mocks', '/etc', '../x', '.git']", []string{`"/web/dist/"`, `"/gen/"`, `air does not know "./gen"`, `"/**/mocks/"`, "air takes no patterns", "!etc", "!/x/", "!git/"}},
		{"[build]\nexclude_dir = ['a{b}[c]']", []string{`"/a[{]b[}][[]c]/"`}},
	}
}

func ruleCases() []keyCase {
	return []keyCase{
		{"[[build.rules]]\nname = 'Tail Wind'\ncmd = 'make css'\ninclude_dir = ['web']\ninclude_ext = ['css', 'js']\nexclude_regex = ['out\\.css$']\ninclude_file = ['x.config']", []string{
			"[services.project.rules.tail-wind]", `command = "make css"`, `paths = ["web"]`, `include = ["*.css", "*.js", "/x.config"]`, `exclude = [".*/", "/tmp/", "/testdata/", "/assets/", "/vendor/", "*out.css"]`,
			`"/web/**/*.css"`, `"/web/**/*.js"`,
		}},
		{"[[build.rules]]\ncmd = 'a'\ninclude_ext = ['sql']\n[[build.rules]]\ncmd = 'b'\ninclude_dir=['d']", []string{"rules.rule-0]", "rules.rule-1]", `"*.sql"`, `"/d/**/*"`}},
		{"[[build.rules]]\nname='x'\ncmd = 'a'\n[[build.rules]]\nname='X'\ncmd = 'b'", []string{"rules.x]", "rules.x-2]", `"**"`}},
		{"[[build.rules]]\ncmd = 'tailwindcss --watch'\ninclude_ext = ['css']", []string{"persistent = true", "this watches by itself"}},
	}
}
