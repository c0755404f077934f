package rebuild

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// workRoot is what the go command calls its work directory in a trace.
const workRoot = "$WORK"

// trace is what go build -n says that it would do, as far as it matters to a
// build that does the same without the go command. Its form is not promised to
// anybody: see ShowCmd and writeFile in cmd/go/internal/work/shell.go. So
// whatever looks different here is an error, and then there is no such build.
type trace struct {
	files    map[string]string  // what it would write, by name
	compiles map[string]command // by work directory: b001
	opaque   map[string]bool    // work directories that see more than the compiler
	links    []command
}

func parseTrace(text string) (trace, error) {
	text = slashed(text)
	t := trace{files: map[string]string{}, compiles: map[string]command{}, opaque: map[string]bool{}}
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		rest, err := t.add(strings.TrimSuffix(line, "\r"), text)
		if err != nil {
			return trace{}, fmt.Errorf("go build -n: %w: %.200q", err, line)
		}
		text = rest
	}
	if len(t.links) != 1 {
		return trace{}, fmt.Errorf("go build -n: %d links, want 1", len(t.links))
	}
	return t, nil
}

// inWork is a name in the work directory as it is on Windows, in quotes or not.
var inWork = regexp.MustCompile(`\$WORK(\\+[\w.-]+)+`)

// slashed has all names in the work directory with the slashes that Windows takes, too.
func slashed(text string) string {
	return inWork.ReplaceAllStringFunc(text, func(name string) string {
		return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '\\' }), "/")
	})
}

// add takes a line, and of what follows it what belongs to it.
func (t *trace) add(line, text string) (rest string, err error) {
	verb, _, _ := strings.Cut(line, " ")
	switch verb {
	case "", "#", "cd", "mkdir", "rm", "mv":
		return text, nil
	case "cat":
		return t.addFile(line, text)
	case "echo":
		return text, t.addLine(line)
	}
	if strings.HasPrefix(line, "go tool buildid -w ") {
		return text, nil
	}
	return text, t.addCommand(line)
}

// addFile takes cat >NAME << 'EOF' and the lines up to EOF, which may stand at
// the end of the last one.
func (t *trace) addFile(line, text string) (rest string, err error) {
	name, ok := strings.CutPrefix(line, "cat >")
	name, found := strings.CutSuffix(name, " << 'EOF' # internal")
	if !ok || !found {
		return "", errors.New("not a file")
	}
	for at := 0; at < len(text); {
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			end = len(text) - at
		}
		last := strings.TrimSuffix(text[at:at+end], "\r")
		if last == "EOF" || last == "}EOF" {
			t.files[name] = text[:at] + strings.TrimSuffix(last, "EOF")
			return text[min(at+end+1, len(text)):], nil
		}
		at += end + 1
	}
	return "", errors.New("a file without end")
}

// addLine takes echo 'TEXT' > NAME, a file of one line.
func (t *trace) addLine(line string) error {
	content, ok := strings.CutPrefix(line, "echo '")
	content, name, found := strings.Cut(content, "' > ")
	name, internal := strings.CutSuffix(name, " # internal")
	if ok && found && internal {
		t.files[name] = content + "\n"
	}
	return nil
}

func (t *trace) addCommand(line string) error {
	c, err := parseCommand(line)
	switch {
	case err != nil && !strings.Contains(line, workRoot):
		return nil // a question to a C compiler
	case err != nil:
		return err
	}
	tool := strings.TrimSuffix(filepath.Base(c.Args[0]), ".exe")
	dir := workDir(c.flag("-o"))
	switch _, again := t.compiles[dir]; {
	case tool == "link":
		t.links = append(t.links, c)
	case tool == "compile" && dir != "" && !again:
		t.compiles[dir] = c
	default:
		for _, dir := range workDirs(line) {
			t.opaque[dir] = true
		}
	}
	return nil
}

// archive is the package that is made in a work directory.
func archive(dir string) string { return workRoot + "/" + dir + "/_pkg_.a" }

// workDir is the work directory of an archive, "" if the name is not of one.
func workDir(name string) string {
	dir := path.Base(path.Dir(filepath.ToSlash(name)))
	if filepath.ToSlash(name) != archive(dir) {
		return ""
	}
	return dir
}

// workDirs are the work directories that a line names.
func workDirs(line string) []string {
	var dirs []string
	for _, part := range strings.Split(filepath.ToSlash(line), workRoot+"/")[1:] {
		dirs = append(dirs, part[:len(part)-len(strings.TrimLeft(part, "b0123456789"))])
	}
	return dirs
}
