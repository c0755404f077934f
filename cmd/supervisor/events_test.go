package main

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/telemetry"
)

// What a client shows of an event is what the supervisor's log has.
func TestEventsAreShownAsTheyHappened(t *testing.T) {
	at := time.Date(2026, 1, 2, 12, 3, 9, 0, time.UTC)
	var want, got bytes.Buffer
	here, there := telemetry.New(telemetry.Options{Out: &want}), telemetry.New(telemetry.Options{Out: &got})
	for _, r := range []telemetry.Report{
		{Service: "web", Time: at, Kind: telemetry.Built, Generation: 7, Took: 412 * time.Millisecond},
		{Service: "web", Time: at, Kind: telemetry.Ready, Generation: 7, Took: 4200 * time.Microsecond, Text: "notify"},
		{Service: "web", Time: at, Kind: telemetry.Exited, Generation: 8, PID: 9, Serving: 7, Text: "exit status 2"},
		{Service: "web", Time: at, Kind: telemetry.BuildFailed, Generation: 9, Serving: 7, Problems: []telemetry.Problem{{File: "a.go", Line: 3, Column: 4, Message: "no"}}},
		{Time: at, Kind: telemetry.ConfigFailed, Err: errors.New("line 3: no")},
		{Time: at, Kind: telemetry.Notice, Text: "careful"},
	} {
		here.Report(r)
		show(there, eventOf(r))
	}
	if got.String() != want.String() {
		t.Errorf("a client shows\n%swhere the log has\n%s", &got, &want)
	}
	got.Reset()
	show(there, control.Event{Time: at, Event: control.EventOutput, Service: "web", Message: "./a.go:3: no"})
	show(there, control.Missed("", 0, 3))
	if !bytes.Contains(got.Bytes(), []byte("web | ./a.go:3: no\n")) || !bytes.Contains(got.Bytes(), []byte("3 events are missing here")) {
		t.Errorf("then %q", &got)
	}
}
