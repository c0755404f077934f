package prove

import (
	"fmt"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// Handoff is one handoff, and when each of its steps was: milliseconds since the load
// began. A step that it did not come to is 0.
type Handoff struct {
	Number     int               `json:"number"`
	Old        int               `json:"old"`                  // the generation that served
	Generation int               `json:"generation,omitempty"` // the one that was started
	Outcome    lifecycle.Outcome `json:"outcome,omitempty"`    // empty: it was interrupted
	Reason     string            `json:"reason,omitempty"`     // why it came to nothing
	Asked      control.Millis    `json:"asked_ms"`
	Ready      control.Millis    `json:"ready_ms,omitempty"`
	Draining   control.Millis    `json:"draining_ms,omitempty"` // the old one was told to end, or is about to be
	Drained    control.Millis    `json:"drained_ms,omitempty"`
	Verdict    control.Millis    `json:"verdict_ms,omitempty"`
	ReadyBy    string            `json:"ready_by,omitempty"` // what told that the new one is ready
	Killed     string            `json:"killed,omitempty"`   // why the old one had to be killed
	Requests   int64             `json:"requests"`           // that touched it
	Failed     int64             `json:"failed"`
	Worst      control.Millis    `json:"worst_ms"`
}

// The events that a handoff consists of; docs/api.md has all.
const (
	starting = "starting"
	ready    = "ready"
	draining = "draining"
	drained  = "drained"
	killed   = "killed"
)

// note takes an event that came at a time since the load began.
func (h *Handoff) note(e control.Event, at control.Millis) {
	if e.Generation == h.Old {
		switch e.Event {
		case draining:
			h.Draining = at
		case drained:
			h.Drained = at
		case killed:
			h.Killed = e.Text
		}
		return
	}
	if e.Generation < h.Old {
		return // it drains since an earlier handoff
	}
	switch e.Event {
	case starting:
		h.Generation = e.Generation
	case ready:
		h.Ready, h.ReadyBy = at, e.Text
	}
}

func (h *Handoff) promoted() bool { return h.Outcome == lifecycle.Promoted }

// over reports whether there is nothing more to wait for.
func (h *Handoff) over() bool {
	return h.Outcome != "" && (h.Drained != 0 || !h.promoted())
}

// stopsFirst: the old one was told to end before the new one was ready.
func (h *Handoff) stopsFirst() bool {
	return h.Draining != 0 && (h.Ready == 0 || h.Draining < h.Ready)
}

// end is when it was over; ok is false if it was not, as far as was seen.
func (h *Handoff) end() (at control.Millis, ok bool) {
	switch {
	case h.Outcome == "":
		return 0, false
	case h.promoted():
		return max(h.Drained, h.Verdict), true
	}
	return h.Verdict, true
}

func (h *Handoff) sentence(of int) string {
	text := fmt.Sprintf("handoff %d of %d: ", h.Number, of)
	switch {
	case h.Outcome == "", h.promoted() && !h.over():
		return text + "interrupted"
	case !h.promoted():
		text += string(h.Outcome)
		if h.Reason != "" {
			text += ": " + h.Reason
		}
		return text
	}
	text += fmt.Sprintf("ready in %v, drained in %v", short(h.Ready-h.Asked), short(h.Drained-h.Draining))
	if h.Killed != "" {
		text += ", killed"
	}
	return text
}

func short(d control.Millis) time.Duration {
	t := time.Duration(max(d, 0))
	switch {
	case t >= time.Second:
		return t.Round(10 * time.Millisecond)
	case t >= 10*time.Millisecond:
		return t.Round(time.Millisecond)
	}
	return t.Round(10 * time.Microsecond)
}
