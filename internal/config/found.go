package config

import (
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"
)

// found names a value as messages do.
func found(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case string:
		return strconv.Quote(shorten(v))
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	case time.Time:
		return "a date"
	}
	if scalar(v) {
		return fmt.Sprint(v)
	}
	return "a date" // the local dates and times of TOML
}

func scalar(v any) bool {
	switch v.(type) {
	case bool, int, int64, uint64, float64:
		return true
	}
	return false
}

// shorten keeps messages on a line.
func shorten(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
