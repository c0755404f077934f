package handoff

import (
	"fmt"
	"strconv"
	"time"
)

const (
	defaultLinger       = 500 * time.Millisecond
	defaultDrainTimeout = 30 * time.Second
)

func (o Options) withDefaults(getenv func(string) string) (Options, error) {
	if o.Linger < 0 || o.DrainTimeout < 0 {
		return o, fmt.Errorf("cannot drain with linger %v and timeout %v: neither may be negative", o.Linger, o.DrainTimeout)
	}
	if o.Linger == 0 {
		o.Linger = defaultLinger
	}
	if len(o.Signals) == 0 {
		o.Signals = stopSignals()
	}
	if o.DrainTimeout != 0 {
		return o, nil
	}
	var err error
	o.DrainTimeout, err = parseDrainTimeout(getenv("DRAIN_TIMEOUT_USEC"))
	return o, err
}

func parseDrainTimeout(usec string) (time.Duration, error) {
	if usec == "" {
		return defaultDrainTimeout, nil
	}
	const most = uint64(1<<63-1) / uint64(time.Microsecond)
	n, err := strconv.ParseUint(usec, 10, 64)
	if err != nil || n == 0 || n > most {
		return 0, fmt.Errorf("cannot use DRAIN_TIMEOUT_USEC=%.40q: want a number of microseconds from 1 to %d", usec, most)
	}
	return time.Duration(n) * time.Microsecond, nil
}
