package rules

import (
	"context"
	"reflect"
	"sync"
)

// Set is the rules of one service, or of several. It belongs to one goroutine at a
// time. The zero value is empty.
type Set struct {
	running map[string]running
}

type running struct {
	rule Rule
	end  func() // returns when nothing of it is left
}

// Update makes these the rules, by a name that no two share. One that is as it was
// goes on undisturbed; the others are ended or begun.
func (s *Set) Update(ctx context.Context, rules map[string]Rule, o Observer) {
	if s.running == nil {
		s.running = map[string]running{}
	}
	var ends sync.WaitGroup
	for name, r := range s.running {
		if now, wanted := rules[name]; !wanted || !reflect.DeepEqual(now, r.rule) {
			delete(s.running, name)
			ends.Go(r.end)
		}
	}
	ends.Wait() // what it makes must not be in the way of what follows it
	for name, rule := range rules {
		if _, runs := s.running[name]; !runs {
			s.running[name] = begin(ctx, rule, o)
		}
	}
}

func begin(ctx context.Context, rule Rule, o Observer) running {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); rule.Run(ctx, o) }()
	return running{rule, func() { cancel(); <-done }}
}

// Close ends all.
func (s *Set) Close() {
	var ends sync.WaitGroup
	for _, r := range s.running {
		ends.Go(r.end)
	}
	ends.Wait()
	s.running = nil
}
