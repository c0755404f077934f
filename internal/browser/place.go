package browser

import (
	"strconv"
	"strings"
)

// place is how far a page has followed: what it was loaded with, and the edits it
// has seen since. Its text, RUN.VERSION.EDITS, is in the URL of the page's script
// and the id of each event.
type place struct {
	run     string // tells one supervisor from the next
	version int
	edits   int
}

func (p *Proxy) place(s *state) place { return place{p.run, s.version, s.edits} }

func (p place) String() string {
	return p.run + "." + strconv.Itoa(p.version) + "." + strconv.Itoa(p.edits)
}

func parsePlace(text string) (p place, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 || parts[0] == "" {
		return place{}, false
	}
	version, err := strconv.ParseUint(parts[1], 10, 31)
	if err != nil {
		return place{}, false
	}
	edits, err := strconv.ParseUint(parts[2], 10, 31)
	return place{parts[0], int(version), int(edits)}, err == nil
}
