package telemetry

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// testdata/events.jsonl is what others may have built on: a line may get more
// fields, never other ones.
func TestJSONGolden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the clock stands still
		var out strings.Builder
		l := New(Options{Mode: JSON, Out: &out})
		now := time.Now().UTC()
		for _, r := range []Report{
			{Kind: Config, Text: "supervisor.toml"},
			{Kind: Listening, Text: "http tcp://127.0.0.1:8080"},
			{Service: "web", Kind: Building, Generation: 7},
			{Service: "web", Kind: Built, Generation: 7, Time: now.Add(1900 * time.Millisecond)},
			{Service: "web", Kind: Starting, Generation: 7, PID: 4242},
			{Service: "web", Kind: Ready, Generation: 7, PID: 4242, Took: 38500 * time.Microsecond, Text: "notify"},
			{Service: "web", Kind: Serving, Generation: 7},
			{Service: "web", Kind: Draining, Generation: 6, Text: "30s at most"},
			{Service: "web", Kind: Drained, Generation: 6, Time: now.Add(time.Second)},
			{Service: "web", Kind: BuildFailed, Generation: 8, Serving: 7, Took: 1234 * time.Millisecond,
				Text: "main.go:4:10: undefined: x\ngo.mod:3: unknown directive\n", Err: errors.New("exit status 1"),
				Problems: []Problem{{File: "main.go", Line: 4, Column: 10, Message: "undefined: x", Path: "/src/main.go"}, {File: "go.mod", Line: 3, Message: "unknown directive"}}},
			{Service: "web", Kind: Unchanged, Generation: 9, Text: "the same as generation 7"},
			{Service: "web", Kind: NotReady, Generation: 10, Serving: 7, Took: time.Minute, Text: "no READY=1"},
			{Service: "web", Kind: Exited, Generation: 11, PID: 4243, Serving: 7, Text: "exit status 1"},
			{Service: "web", Kind: RolledBack, Generation: 12, Serving: 13, Text: "crashed before it was confirmed"},
			{Service: "api", Kind: NotReady, Generation: 1, Text: "no READY=1"},
			{Kind: Notice, Text: "polling: no inotify watches left"},
			{Kind: Stopping},
			{Kind: Stopped, Time: now.Add(3 * time.Second)},
		} {
			if r.Time.IsZero() {
				r.Time = now
			}
			l.Report(r)
		}
		for generation, said := range []string{"# example.com/web\n", "<3>it said \"no\"\n"} {
			w := l.Writer("web", generation)
			fmt.Fprint(w, said)
			w.Close()
		}
		want, err := os.ReadFile("testdata/events.jsonl")
		if err != nil {
			t.Fatal(err)
		}
		// Lines of services carry the local time.
		got := strings.ReplaceAll(out.String(), now.Local().Format(stamp), now.Format(stamp))
		if got != string(want) {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}
