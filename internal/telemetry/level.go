package telemetry

import (
	"github.com/rs/zerolog"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

func level(kind string) zerolog.Level {
	switch kind {
	case BuildFailed, Crashed, NotReady, Exited, RolledBack, NotScaled, ConfigFailed:
		return zerolog.ErrorLevel
	case Notice:
		return zerolog.WarnLevel
	}
	return zerolog.InfoLevel
}

// VerdictOf is how a handoff ended that a report of this kind ends, "" if it ends none.
func VerdictOf(kind string) lifecycle.Outcome { return verdict(kind) }

// verdict is how a handoff ended that kind is the last word on, in the words of
// everyone else who tells of it; "" if it did not end.
func verdict(kind string) lifecycle.Outcome {
	switch kind {
	case Serving:
		return lifecycle.Promoted
	case Unchanged:
		return lifecycle.Unchanged
	case BuildFailed:
		return lifecycle.BuildBroken
	case NotReady:
		return lifecycle.NotReady
	case Exited:
		return lifecycle.Died
	case RolledBack:
		return lifecycle.RolledBack
	}
	return ""
}

// failure reports whether a handoff ended with kind and left something else in
// service than what was asked for.
func failure(kind string) bool {
	return kind == BuildFailed || kind == NotReady || kind == Exited || kind == RolledBack
}
