package adopt

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// restore puts a unix socket that another table knew among those of its name. It takes
// m.fd.
func (t *Table) restore(m *member, path string) {
	at := place{path: path}
	if at.isAbstract() {
		t.enterPath(at, spot{}, m)
		return
	}
	s, err := spotOf(path)
	if err != nil {
		unix.Close(m.fd)
		return
	}
	if known, ok := unixSocketOf(m.inode); ok && uint32(fileAt(s.dir, s.base).inode) != known.file {
		m.hidden = hiddenAs(s, known.file)
	}
	g := t.enterPath(at, s, m)
	if m.hidden != "" {
		m.since = changed(g.dir, g.base())
	}
}

// hiddenAs finds what a socket's file is called beside a path; "": there is none.
func hiddenAs(s spot, inode uint32) string {
	names, err := os.ReadDir(selfPath(s.dir))
	if err != nil {
		return ""
	}
	for _, name := range names {
		if strings.HasPrefix(name.Name(), "."+s.base+".") && uint32(fileAt(s.dir, name.Name()).inode) == inode {
			return name.Name()
		}
	}
	return ""
}
