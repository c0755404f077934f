package telemetry

import "github.com/rs/zerolog"

func level(kind string) zerolog.Level {
	switch kind {
	case BuildFailed, Crashed, NotReady, Exited, RolledBack, ConfigFailed:
		return zerolog.ErrorLevel
	case Notice:
		return zerolog.WarnLevel
	}
	return zerolog.InfoLevel
}

// failure reports whether a handoff ended with kind and left something else in
// service than what was asked for.
func failure(kind string) bool {
	return kind == BuildFailed || kind == NotReady || kind == Exited || kind == RolledBack
}
