package rebuild

import (
	"bufio"
	"fmt"
	"strings"
	"testing"
)

// goArchive is the beginning of one, as the compiler writes it.
func goArchive(id, export, object string) string {
	entry := "go object linux amd64 go1.26\nbuild id \"" + id + "\"\n\n\n$$B\n" + export
	return "!<arch>\n" + fmt.Sprintf("%-16s%-12d%-6d%-6d%-8o%-10d`\n", "__.PKGDEF", 0, 0, 0, 0o644, len(entry)) + entry + object
}

func TestReadExport(t *testing.T) {
	read := func(archive string) string {
		digest, err := readExport(bufio.NewReader(strings.NewReader(archive)))
		if err != nil {
			t.Error(err)
		}
		return digest
	}
	first := read(goArchive("a", "export", "object"))
	if got := read(goArchive("another", "export", "another object")); got != first {
		t.Error("what importers do not see counts")
	}
	if got := read(goArchive("a", "exports", "object")); got == first {
		t.Error("what importers see does not count")
	}
	for _, bad := range []string{"", "!<arch>\n", strings.Replace(goArchive("a", "b", "c"), "__.PKGDEF", "_go_.o   ", 1), strings.Replace(goArchive("a", "b", "c"), "$$B", "$$C", 1)} {
		if digest, err := readExport(bufio.NewReader(strings.NewReader(bad))); err == nil {
			t.Errorf("%q: %s", bad, digest)
		}
	}
}

func FuzzReadExport(f *testing.F) {
	f.Add([]byte(goArchive("a", "b", "c")))
	f.Add([]byte("!<arch>\n"))
	f.Fuzz(func(t *testing.T, archive []byte) {
		digest, err := readExport(bufio.NewReader(strings.NewReader(string(archive))))
		if (err == nil) != (digest != "") {
			t.Errorf("%q, %v", digest, err)
		}
	})
}
