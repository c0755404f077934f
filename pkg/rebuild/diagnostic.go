package rebuild

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// Diagnostic is what a compiler says about a place in a file.
type Diagnostic struct {
	File    string // as printed, mostly relative to the directory of the build
	Line    int    // from 1
	Column  int    // from 1, in bytes; 0 if it is not given
	Message string // may have further lines, indented by a tab
}

// String is the diagnostic as the go command prints it.
func (d Diagnostic) String() string {
	if d.Column == 0 {
		return fmt.Sprintf("%s:%d: %s", d.File, d.Line, d.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", d.File, d.Line, d.Column, d.Message)
}

func (d Diagnostic) short() string {
	d.Message, _, _ = strings.Cut(d.Message, "\n")
	return d.String()
}

// parseDiagnostics finds the diagnostics in what the go command (or a C
// compiler) printed: FILE:LINE:COLUMN: MESSAGE, or FILE:LINE: MESSAGE. A line
// that begins with a tab goes on with the message before it.
func parseDiagnostics(output string) []Diagnostic {
	var found []Diagnostic
	open := false // the line before belongs to the last of found
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\r\n")
		if open && strings.HasPrefix(line, "\t") {
			found[len(found)-1].Message += "\n" + line
			continue
		}
		d, ok := parseDiagnostic(line)
		if open = ok; ok {
			found = append(found, d)
		}
	}
	return found
}

// parseDiagnostic tries each colon as the end of the file's name: the name may
// hold some itself, as in C:\web\main.go.
func parseDiagnostic(line string) (Diagnostic, bool) {
	for i, r := range line {
		if r != ':' || !sourceName(line[:i]) {
			continue
		}
		if d, ok := parsePlace(line[i:]); ok {
			d.File = line[:i]
			return d, true
		}
	}
	return Diagnostic{}, false
}

// parsePlace parses :LINE: MESSAGE or :LINE:COLUMN: MESSAGE.
func parsePlace(s string) (d Diagnostic, ok bool) {
	if d.Line, s, ok = parseNumber(s); !ok {
		return d, false
	}
	if column, rest, ok := parseNumber(s); ok {
		d.Column, s = column, rest
	}
	d.Message, ok = strings.CutPrefix(s, ": ")
	return d, ok && d.Message != ""
}

// parseNumber parses a colon and a positive number.
func parseNumber(s string) (n int, rest string, ok bool) {
	s, ok = strings.CutPrefix(s, ":")
	if !ok {
		return 0, "", false
	}
	end := len(s) - len(strings.TrimLeft(s, "0123456789"))
	n, err := strconv.Atoi(s[:end])
	return n, s[end:], err == nil && n > 0
}

// sourceName tells a source file from a host or a time of day: it has an
// extension of letters and digits that begins with a letter.
func sourceName(name string) bool {
	ext := strings.TrimPrefix(filepath.Ext(name), ".")
	if ext == "" || strings.TrimSpace(name) != name {
		return false
	}
	const letters = "abcdefghijklmnopqrstuvwxyz"
	ext = strings.ToLower(ext)
	return strings.Contains(letters, ext[:1]) && strings.Trim(ext, letters+"0123456789") == ""
}
