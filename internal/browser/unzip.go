package browser

import (
	"compress/gzip"
	"io"
)

// unzipped unpacks a body. It reads nothing before it is read from, so that
// headers can go ahead of a slow body.
type unzipped struct {
	from io.ReadCloser
	gzip *gzip.Reader
}

func (u *unzipped) Read(p []byte) (int, error) {
	if u.gzip == nil {
		var err error
		if u.gzip, err = gzip.NewReader(u.from); err != nil {
			return 0, err
		}
	}
	return u.gzip.Read(p)
}

func (u *unzipped) Close() error { return u.from.Close() }
