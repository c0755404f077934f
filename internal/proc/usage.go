package proc

import "time"

// Usage is what a process tree has used.
type Usage struct {
	Processes int           // that run now
	Started   int           // that ever ran
	CPU       time.Duration // of all that ever ran
	Memory    uint64        // bytes that those that run have for themselves
	Peak      uint64        // bytes: the most that there was of Memory
}
