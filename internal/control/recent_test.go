package control

import (
	"strings"
	"testing"
	"unsafe"
)

// What is kept of a long line is a copy: the whole of it, and all lines that came with
// it, are let go.
func TestRecentKeepsNoMore(t *testing.T) {
	came := strings.Repeat("x", 1<<20)
	var f Feed
	f.Publish(said("web", 1, came))
	kept := f.recent.tails[0].lines[0].text
	if len(kept) != maxTailedLine || unsafe.StringData(kept) == unsafe.StringData(came) {
		t.Errorf("kept %d bytes of the line that came", len(kept))
	}
}
