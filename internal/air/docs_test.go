package air

import (
	"strings"
	"testing"
)

// Every key has a row in the table that users read, and every row is of a key.
func TestDocumented(t *testing.T) {
	text := string(read(t, "../../docs/from-air.md"))
	_, table, _ := strings.Cut(text, "## Keys")
	rows := map[string]bool{}
	for line := range strings.Lines(table) {
		cell, ok := strings.CutPrefix(line, "| `")
		if cell, _, _ = strings.Cut(cell, " |"); !ok {
			continue
		}
		if strings.HasPrefix(line, "| `air") {
			break // the next table
		}
		for name := range strings.SplitSeq(cell, ", ") {
			rows[strings.Trim(name, "`")] = true
		}
	}
	for _, k := range Keys() {
		if !rows[k.Name] {
			t.Errorf("docs/from-air.md says nothing of %s", k.Name)
		}
		delete(rows, k.Name)
	}
	for name := range rows {
		t.Errorf("docs/from-air.md has %s, which is no key", name)
	}
}
