//go:build unix && !linux

package e2e

const filteredEnv = "E2E_FILTERED"

// becomeFiltered: system calls can be made to fail on Linux alone.
func becomeFiltered(string) {}
