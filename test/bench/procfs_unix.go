//go:build unix && !linux

package main

import (
	"errors"
	"fmt"
	"runtime"
	"time"
)

var errNoProc = fmt.Errorf("needs Linux's /proc: %w", errors.ErrUnsupported)

func ticks(int) (int, error)           { return 0, errNoProc }
func onCPU(int) (time.Duration, error) { return 0, errNoProc }
func resident(int) (int64, error)      { return 0, errNoProc }
func helpers(int) ([]int, error)       { return nil, errNoProc }

func processor() string { return "a CPU of type " + runtime.GOARCH }
func busyness() string  { return "unknown" }
func kernel() string    { return runtime.GOOS }
