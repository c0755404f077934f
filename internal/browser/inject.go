package browser

import (
	"errors"
	"io"
)

// maxPrologue is how much of a document may come before its head. Nothing of it
// is passed on until the head is found: a browser would show none of it.
const maxPrologue = 64 << 10

// injector is a document with a tag in its head. From the head on, it is passed on
// as it comes.
type injector struct {
	io.ReadCloser
	tag   string
	ready []byte // to be read before the rest
	done  bool   // the tag is in ready, or was, or never will be
	err   error  // what came after ready
}

func newInjector(body io.ReadCloser, tag string) io.ReadCloser {
	return &injector{ReadCloser: body, tag: tag}
}

func (i *injector) Read(p []byte) (int, error) {
	for !i.done {
		i.look()
	}
	if len(i.ready) > 0 {
		n := copy(p, i.ready)
		i.ready = i.ready[n:]
		return n, nil
	}
	if i.err != nil {
		return 0, i.err
	}
	return i.ReadCloser.Read(p)
}

// look reads once and searches what it has so far.
func (i *injector) look() {
	buf := make([]byte, 4<<10)
	var n int
	n, i.err = i.ReadCloser.Read(buf)
	doc := append(i.ready, buf[:n]...)
	at, found := findHead(doc)
	if found == more && errors.Is(i.err, io.EOF) && at >= 0 {
		found = here
	}
	switch {
	case found == here:
		doc = append(doc[:at:at], append([]byte(i.tag), doc[at:]...)...)
		i.done = true
	case found == never || i.err != nil || len(doc) > maxPrologue:
		i.done = true
	}
	i.ready = doc
}
