package logger

import "github.com/seed-27ba25bb/supervisor/internal/telemetry"

// Sink says where the output of one process goes, and what its lines look like.
type Sink struct {
	Service    string
	Generation int
	// File, if set, is an absolute path: lines are added to it as they are. Otherwise
	// they go to the standard error, as Mode has them.
	File  string
	Mode  telemetry.Mode
	Color bool
	Width int // of the column of names
}
