//go:build race

package lifecycle

// With the race detector each step takes six times as long, and one goroutine has nobody
// to race with: make test has the whole simulation run without it.
func init() { usualSteps = 100_000 }
