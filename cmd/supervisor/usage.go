package main

import (
	"fmt"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

// usageOf is what a process tree used, in the terms of the API.
func usageOf(u *proc.Usage) *control.Usage {
	if u == nil {
		return nil
	}
	return &control.Usage{Processes: u.Processes, Started: u.Started, CPU: control.Millis(u.CPU), Memory: u.Memory, Peak: u.Peak}
}

// used says it to a person.
func used(u *control.Usage) string {
	if u == nil {
		return ""
	}
	return fmt.Sprintf(" [%d processes, cpu %v, %d MiB]", u.Processes, time.Duration(u.CPU).Round(10*time.Millisecond), u.Memory>>20)
}
