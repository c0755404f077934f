package rebuild

import "fmt"

// toolMemory is how many bytes compilers and linkers may use together before they
// collect garbage; 0 is unknown.
type toolMemory uint64

// newToolMemory is half of what is free now. The system and the service need the
// rest.
func newToolMemory() toolMemory { return toolMemory(freeMemory() / 2) }

// variables turn garbage collection off for tools of which so many run at once,
// up to their share of the memory. A tool lives for a second, and most of what it
// collects is what it will need until its end. If the share is small, or the
// user has a say in env, they say nothing: a program whose memory is just beyond
// its limit does little but collect.
func (m toolMemory) variables(env []string, atOnce int) []string {
	const least = 512 << 20
	share := uint64(m) / uint64(max(atOnce, 1))
	if share < least || variable(env, "GOGC") != "" || variable(env, "GOMEMLIMIT") != "" {
		return nil
	}
	return []string{"GOGC=off", fmt.Sprintf("GOMEMLIMIT=%d", share)}
}
