package main

import "time"

// cpuTime is not known: there is no sum over processes that have ended.
func cpuTime() time.Duration { return 0 }
