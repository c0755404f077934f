package main

import (
	"fmt"
	"os"
	"regexp"
	"testing"

	"golang.org/x/sys/unix"
)

// With too few descriptors left for a handoff, however many, the old generation
// serves; with enough again, the next handoff works.
func TestNoFileDescriptors(t *testing.T) {
	for free := range 24 {
		t.Run(fmt.Sprintf("%d left", free), func(t *testing.T) {
			t.Parallel()
			s := running(t, service("workers = 3", `logs = "prefix"`), "v1")
			s.behave("v2")
			before := s.limitFiles(free)
			s.mark()
			s.hangUp()
			// What is enough for it is for the supervisor to know.
			m, err := s.out.await(regexp.MustCompile(`(config refused|exited: |serving)`))
			if err != nil {
				t.Fatal(err)
			}
			outcome := m[1]
			if free == 0 && outcome != "config refused" {
				t.Errorf("with no descriptor at all: %s", outcome)
			}
			if outcome != "serving" {
				s.await("too many open files")
				s.serves("v1")
			}
			s.setLimit(before)
			s.recovers()
		})
	}
}

// limitFiles leaves the supervisor so many descriptors that are free, and returns
// the limit as it was. The kernel gives the lowest number that is free, and none
// from the limit up.
func (s *supervised) limitFiles(free int) (before unix.Rlimit) {
	s.t.Helper()
	if err := unix.Prlimit(s.cmd.Process.Pid, unix.RLIMIT_NOFILE, nil, &before); err != nil {
		s.t.Fatal(err)
	}
	limit := before
	if limit.Cur = 3; free == 0 { // what it closes meanwhile is none that it may have again
		s.setLimit(limit)
		return before
	}
	for ; ; limit.Cur++ {
		_, err := os.Lstat(fmt.Sprintf("/proc/%d/fd/%d", s.cmd.Process.Pid, limit.Cur))
		if err == nil {
			continue
		}
		if free == 0 {
			break
		}
		free--
	}
	s.setLimit(limit)
	return before
}

func (s *supervised) setLimit(limit unix.Rlimit) {
	s.t.Helper()
	if err := unix.Prlimit(s.cmd.Process.Pid, unix.RLIMIT_NOFILE, &limit, nil); err != nil {
		s.t.Fatal(err)
	}
}
