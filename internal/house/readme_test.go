package house

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/config"
)

// readmes are the same text in two languages.
var readmes = map[string]words{
	"README.md": {
		list: ", ", run: "; run: ",
		types: map[config.Type]string{config.Polling: "duration", config.Logging: "`file:PATH`"},
	},
	"README.zh-CN.md": {
		list: "、", run: "；run：",
		types: map[config.Type]string{
			config.Text: "字符串", config.Strings: "字符串列表", config.Table: "字符串表", config.Number: "整数",
			config.Bool: "true 或 false", config.Bind: "地址", config.Logging: "`file:PATH`",
			config.Duration: "时长", config.Polling: "时长", config.Signal: "信号", config.Addresses: "地址列表",
			config.Endpoint: "URL 或路径", config.HostPort: "host:port",
			config.Capabilities: "capability 列表", config.Limit: "限额", config.Size: "大小", config.Percent: "百分比",
			config.Nice: "-20 到 19", config.Share: "1 到 50", config.OOM: "-1000 到 1000", config.IO: "I/O 类", config.Umask: "八进制数",
		},
	},
}

// words is how a README writes the table of keys.
type words struct {
	list, run string
	types     map[config.Type]string
}

func TestReadmesHaveTheKeys(t *testing.T) {
	for file, w := range readmes {
		var got [][]string
		for _, row := range rows(read(t, file)) {
			if len(row) == 4 && strings.HasPrefix(row[0], "`") {
				got = append(got, row)
			}
		}
		keys := config.Keys()
		for i := range max(len(keys), len(got)) {
			switch {
			case i >= len(got):
				t.Errorf("%s has no line for %s", file, keys[i].Name)
			case i >= len(keys):
				t.Errorf("%s has a line for %s, which is no key", file, got[i][0])
			default:
				w.compare(t, file, keys[i], got[i])
			}
		}
	}
}

func (w words) compare(t *testing.T, file string, k config.Key, got []string) {
	t.Helper()
	want := []string{"`" + strings.TrimPrefix(k.Name, "services.NAME.") + "`", w.value(k), w.standard(k), k.Help}
	if file != "README.md" {
		want[3] = got[3]
	}
	if !slices.Equal(got, want) || got[3] == "" {
		t.Errorf("%s has\n\t%q, want\n\t%q", file, got, want)
	}
}

// value is what a key takes: its words, and the type unless these are all.
func (w words) value(k config.Key) string {
	var all []string
	for _, c := range k.Choices {
		all = append(all, "`"+c+"`")
	}
	if k.Type != config.Choice {
		kind, ok := w.types[k.Type]
		if !ok {
			kind = string(k.Type)
		}
		all = append(all, kind)
	}
	return strings.Join(all, w.list)
}

func (w words) standard(k config.Key) string {
	switch {
	case k.Default == "":
		return ""
	case k.RunDefault == "":
		return "`" + k.Default + "`"
	}
	return "`" + k.Default + "`" + w.run + "`" + k.RunDefault + "`"
}

func TestReadmesAgree(t *testing.T) {
	english, chinese := read(t, "README.md"), read(t, "README.zh-CN.md")
	if e, c := shape(english), shape(chinese); !slices.Equal(e, c) {
		t.Errorf("headings, lists and tables differ:\n%s\n%s", strings.Join(e, ""), strings.Join(c, ""))
	}
	for _, language := range []string{"sh", "go", "toml"} {
		if e, c := blocks(english, language), blocks(chinese, language); len(e) == 0 || !slices.Equal(e, c) {
			t.Errorf("the blocks of %s differ:\n%q\n%q", language, e, c)
		}
	}
}

// shape is what is left of a text without its words.
func shape(text string) (all []string) {
	code := false
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "```"):
			code = !code
		case !code && strings.ContainsAny(line[:1], "#-|"):
			all = append(all, line[:1])
		}
	}
	return all
}

func TestReadmeProgramCompiles(t *testing.T) {
	programs := blocks(read(t, "README.md"), "go")
	if len(programs) != 1 {
		t.Fatalf("found %d programs", len(programs))
	}
	dir := t.TempDir()
	source := filepath.Join(dir, "main.go")
	if err := os.WriteFile(source, []byte(programs[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "hello"), source)
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestReadmeConfigLoads(t *testing.T) {
	for _, text := range blocks(read(t, "README.md"), "toml") {
		file := filepath.Join(t.TempDir(), "supervisor.toml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		o := config.Options{Mode: config.Run, Files: []string{file}, Profile: "staging", Environ: []string{}}
		if c, err := config.Load(o); err != nil || len(c.Warnings) > 0 {
			t.Errorf("%v, %v in\n%s", err, c, text)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// blocks are what stands between ```language and ```.
func blocks(text, language string) (all []string) {
	for _, part := range strings.Split(text, "\n```"+language+"\n")[1:] {
		block, _, _ := strings.Cut(part, "\n```")
		all = append(all, block+"\n")
	}
	return all
}

// rows are the lines of all tables, in cells.
func rows(text string) (all [][]string) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.ReplaceAll(line, `\|`, "\x00"), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		all = append(all, cells)
	}
	return all
}
