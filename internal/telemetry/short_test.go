package telemetry

import (
	"testing"
	"time"
)

func TestShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		380400 * time.Nanosecond:  "380µs",
		412499 * time.Microsecond: "412ms",
		1249 * time.Millisecond:   "1.2s",
		42400 * time.Millisecond:  "42s",
		185 * time.Second:         "3m5s",
	} {
		if got := short(d); got != want {
			t.Errorf("short(%d) = %s, want %s", d, got, want)
		}
	}
}
