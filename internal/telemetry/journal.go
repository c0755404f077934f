package telemetry

import (
	"bytes"
	"io"

	"github.com/rs/zerolog"
)

// journal begins each line with its priority, as sd-daemon(3) describes. Time and
// program are the journal's own. It is guarded by Logger.mu.
type journal struct {
	out   io.Writer
	level byte // of the lines that come
}

func (j *journal) Write(p []byte) (int, error) {
	var b []byte
	for line := range bytes.Lines(p) {
		b = append(b, '<', j.level, '>')
		b = append(b, bytes.TrimLeft(line, " ")...)
	}
	if _, err := j.out.Write(b); err != nil {
		return 0, err
	}
	return len(p), nil
}

// priority is the level of a line in the words of syslog(3).
func priority(level zerolog.Level, kind string) byte {
	switch {
	case level == zerolog.ErrorLevel:
		return '3'
	case level == zerolog.WarnLevel:
		return '4'
	case kind == Serving || kind == Stopping || kind == Stopped || kind == Config:
		return '5'
	}
	return '6'
}

// ownPriority takes the priority off a service's line that has one.
func ownPriority(line string) (level byte, rest string) {
	if len(line) >= 3 && line[0] == '<' && line[1] >= '0' && line[1] <= '7' && line[2] == '>' {
		return line[1], line[3:]
	}
	return '6', line
}
