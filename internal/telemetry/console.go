package telemetry

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/rs/zerolog"
)

// console makes lines of events: time, service, generation, message. It runs with
// l.mu held.
func (l *Logger) console(mode Mode) zerolog.ConsoleWriter {
	c := zerolog.ConsoleWriter{
		Out: l.out,
		PartsOrder: []string{
			zerolog.TimestampFieldName, fieldService, fieldGeneration, zerolog.MessageFieldName,
		},
		FieldsExclude: []string{
			fieldService, fieldGeneration, fieldEvent, fieldPID, fieldServing,
			fieldTook, fieldText, fieldOutput, fieldError, fieldVerdict, fieldProblems,
		},
	}
	p := l.paint
	c.FormatTimestamp = func(v any) string { return p.faint(timeOfDay(v)) }
	c.FormatMessage = text
	c.FormatPrepare = func(event map[string]any) error { p.message(event); return nil }
	c.FormatPartValueByName = func(v any, name string) string {
		if name == fieldGeneration {
			return number(v)
		}
		return p.service(text(v), l.width)
	}
	switch mode {
	case Plain:
		c.FormatTimestamp = text
		c.FormatLevel = func(v any) string { return fmt.Sprintf("%-5s", text(v)) }
		c.PartsOrder = append([]string{zerolog.TimestampFieldName, zerolog.LevelFieldName}, c.PartsOrder[1:]...)
	case Journal:
		c.PartsOrder = c.PartsOrder[1:]
	}
	return c
}

func timeOfDay(v any) string {
	at, err := time.Parse(stamp, text(v))
	if err != nil {
		return text(v)
	}
	return at.Format(time.TimeOnly)
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func number(v any) string {
	n, ok := v.(json.Number)
	if !ok {
		return ""
	}
	return "#" + n.String()
}

// paint is whether to use colours (ECMA-48, SGR).
type paint bool

const (
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

func (p paint) with(code, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p paint) faint(s string) string { return p.with(faint, s) }

// service gives each name its own colour, as far as there are enough, and pads it.
func (p paint) service(name string, width int) string {
	h := fnv.New32a()
	h.Write([]byte(name))
	code := fmt.Sprint(34 + h.Sum32()%3) // blue, magenta, cyan
	return p.with(code, name) + strings.Repeat(" ", max(0, width-len(name)))
}

func (p paint) message(event map[string]any) {
	said := text(event[zerolog.MessageFieldName])
	switch kind := text(event[fieldEvent]); {
	case kind == output:
		said = p.faint(bar) + strings.TrimPrefix(said, bar)
	case event[zerolog.LevelFieldName] == zerolog.LevelErrorValue:
		said = p.with(red, said)
	case event[zerolog.LevelFieldName] == zerolog.LevelWarnValue:
		said = p.with(yellow, said)
	case kind == Serving || kind == Ready:
		said = p.with(green, said)
	}
	event[zerolog.MessageFieldName] = said
}
