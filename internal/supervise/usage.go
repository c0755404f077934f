package supervise

import "github.com/seed-27ba25bb/supervisor/internal/proc"

// usage asks a process tree of which the system keeps account (on Windows: its job
// object).
func usage(c Child) *proc.Usage {
	accounted, ok := c.(interface{ Usage() (proc.Usage, error) })
	if !ok {
		return nil
	}
	u, err := accounted.Usage()
	if err != nil {
		return nil // it is gone
	}
	return &u
}
