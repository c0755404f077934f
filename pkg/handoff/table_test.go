package handoff

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var write = flag.Bool("write", false, "write the table of protocols into its document")

const document = "../../docs/protocols.md"

// TestTable holds the document to the code.
func TestTable(t *testing.T) {
	const begin, end = "<!-- The table is written by: go test ./pkg/handoff -run TestTable -write -->\n\n", "\n<!-- end of the table -->"
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	got, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no place for the table", document)
	}
	want := table()
	switch {
	case got == want:
	case *write:
		if err := os.WriteFile(document, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is out of date; write it with: go test ./pkg/handoff -run TestTable -write", document)
	}
}

func table() string {
	var b strings.Builder
	b.WriteString("| `handoff.by` | for | how it finds its sockets | says that it is ready | stops at | note |\n|---|---|---|---|---|---|\n")
	for _, p := range Protocols() {
		f := p.Facts()
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", p.Name(), f.For, f.Sockets, cmp.Or(f.Ready, "–"), cmp.Or(f.Stop, "TERM"), f.Notes)
	}
	return b.String()
}
