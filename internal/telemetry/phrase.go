package telemetry

import (
	"fmt"
	"strings"
)

// Words says in one line what happened.
func Words(r Report) string { return oneLine(phrase(r)) }

// phrase says in words what happened.
func phrase(r Report) string {
	switch r.Kind {
	case Built, Drained, Stopped:
		return r.Kind + took(r, "in") + because(r)
	case BuildFailed:
		r.Text, r.Err = whyNotBuilt(r)
		return "build failed" + took(r, "after") + because(r) + still(r)
	case RollingBack:
		return "rolling back" + because(r)
	case NotReady:
		if strings.HasPrefix(r.Text, "not ready after") {
			return r.Text + still(r) // the reason is that the time was over
		}
		return "not ready" + took(r, "after") + because(r) + still(r)
	case RolledBack:
		return "rolled back" + took(r, "after") + because(r) + still(r)
	case Ready:
		return "ready" + took(r, "in") + by(r)
	case Exited:
		return "exited" + pid(r) + because(r) + still(r)
	case CanaryPassed:
		return "canary passed" + took(r, "after") + because(r)
	case Left:
		return "worker drained" + pid(r) + took(r, "in")
	case NotScaled:
		return "not scaled" + because(r)
	case Starting, Crashed, Restarting, Killed:
		return r.Kind + pid(r) + because(r)
	case Listening:
		return "listening on " + r.Text
	case Closed:
		return "no longer listening on " + r.Text
	case Notice, Info:
		return strings.TrimPrefix(because(r), ": ")
	case Config:
		return "config loaded" + because(r)
	case ConfigFailed:
		return "config refused, nothing changed" + because(r)
	}
	return r.Kind + because(r)
}

// whyNotBuilt leaves out what is shown, or was streamed, in full.
func whyNotBuilt(r Report) (string, error) {
	if len(r.Problems) > 0 {
		return problems(r.Problems).count(r.Text), nil
	}
	return "", r.Err
}

func because(r Report) string {
	var b strings.Builder
	if r.Text != "" {
		b.WriteString(": " + r.Text)
	}
	if r.Err != nil {
		b.WriteString(": " + r.Err.Error())
	}
	return b.String()
}

func still(r Report) string {
	switch {
	case r.Serving == 0:
		return "; nothing serves yet"
	case r.Kind == RolledBack:
		return fmt.Sprintf("; generation %d serves", r.Serving)
	}
	return fmt.Sprintf("; generation %d still serves", r.Serving)
}

func took(r Report, word string) string {
	if r.Took == 0 {
		return ""
	}
	return " " + word + " " + short(r.Took)
}

func by(r Report) string {
	if r.Text == "" {
		return ""
	}
	return " (" + r.Text + ")"
}

func pid(r Report) string {
	if r.PID == 0 {
		return ""
	}
	return fmt.Sprintf(" (pid %d)", r.PID)
}

// oneLine keeps an event on its line, whatever a reason or a service says.
func oneLine(s string) string {
	lines := strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' })
	return strings.Join(lines, "; ")
}
