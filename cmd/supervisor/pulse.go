package main

import "sync"

// pulse tells any number of watchers that something may have changed. Its zero value
// is ready.
type pulse struct {
	mu   sync.Mutex
	next chan struct{} // closed with the next beat; nil: nobody waits for it
}

// beat never waits for whoever watches.
func (p *pulse) beat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next != nil {
		close(p.next)
		p.next = nil
	}
}

// wait returns a channel that is closed with the next beat.
func (p *pulse) wait() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == nil {
		p.next = make(chan struct{})
	}
	return p.next
}
