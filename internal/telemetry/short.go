package telemetry

import "time"

// short rounds d to what a reader wants to know: 380µs, 412ms, 1.2s, 42s, 3m5s.
func short(d time.Duration) string {
	unit := time.Second
	switch {
	case d < time.Millisecond:
		unit = time.Microsecond
	case d < time.Second:
		unit = time.Millisecond
	case d < 10*time.Second:
		unit = 100 * time.Millisecond
	}
	return d.Round(unit).String()
}
