package plot

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// The longest bar is as long as there is room, and the others are in proportion.
func TestDraw(t *testing.T) {
	var b strings.Builder
	c := Chart{Title: "lost & found", Unit: "requests", Bars: []Bar{{"<ours>", 0, true}, {"another", 5, false}, {"a third", 10, false}}}
	if err := c.Draw(&b); err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(strings.NewReader(b.String())); ; {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, b.String())
		}
	}
	for _, want := range []string{"lost &amp; found", "&lt;ours&gt;", `width="1" height="16" fill="#1f7a4d"`, `width="190" height="16"`, `width="380" height="16"`, ">10 requests<"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is nowhere in\n%s", want, b.String())
		}
	}
}
