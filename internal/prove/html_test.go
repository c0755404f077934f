package prove

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

// checkPage reads the page as XML, which is stricter than a browser: the template is
// written so that it is both.
func checkPage(t *testing.T, page string, r Report) {
	t.Helper()
	_, body, ok := strings.Cut(page, "<body>")
	if !ok {
		t.Fatalf("no body in %s", page)
	}
	d := xml.NewDecoder(strings.NewReader("<body>" + strings.ReplaceAll(body, "<br>", "<br/>")))
	count := map[string]int{}
	var text strings.Builder
	for {
		token, err := d.Token()
		if err == io.EOF || err != nil && strings.Contains(err.Error(), "</html>") {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, page)
		}
		switch x := token.(type) {
		case xml.StartElement:
			name := x.Name.Local
			for _, a := range x.Attr {
				if a.Name.Local == "class" {
					name += "." + a.Value
				}
				if a.Name.Local == "src" || a.Name.Local == "href" {
					t.Errorf("it needs %s", a.Value)
				}
			}
			count[name]++
		case xml.CharData:
			text.Write(x)
		}
	}
	if count["rect.band"] != len(r.Handoffs) || count["line.flip"] != len(r.Handoffs) {
		t.Errorf("%d bands and %d flips for %d handoffs", count["rect.band"], count["line.flip"], len(r.Handoffs))
	}
	if (count["circle.failed"] > 0) != (r.Failed > 0) || count["polyline.middle"] != 1 || count["script"] > 0 || strings.Contains(page, "ZgotmplZ") {
		t.Errorf("it has %v", count)
	}
	for _, want := range []string{r.Answer, "What to change"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
}
