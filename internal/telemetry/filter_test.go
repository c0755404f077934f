package telemetry

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestOutputOfOneService(t *testing.T) {
	var out bytes.Buffer
	l := New(Options{Out: &out})
	web, api := l.Writer("web", 1), l.Writer("api", 2)
	services := []string{"api", "web"}
	for range 4 {
		fmt.Fprintln(web, "W")
		fmt.Fprintln(api, "A")
		l.Report(Report{Service: "web", Kind: Serving, Generation: 1})
		l.NextOutput(services)
	}
	l.Only("gone")
	l.NextOutput(services)
	var got []string
	for line := range strings.Lines(out.String()) {
		got = append(got, strings.TrimSpace(line[len("12:01:07"):]))
	}
	want := []string{
		"web #1 | W", "api #2 | A", "web #1 serving", "showing the output of api only",
		"api #2 | A", "web #1 serving", "showing the output of web only",
		"web #1 | W", "web #1 serving", "showing the output of all services",
		"web #1 | W", "api #2 | A", "web #1 serving", "showing the output of api only",
		"showing the output of all services",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
