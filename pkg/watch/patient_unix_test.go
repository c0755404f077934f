//go:build unix

package watch

import "time"

// tolerance is how long a test waits for what must happen.
const tolerance = time.Minute

func patiently(change func() error) error { return change() }
