//go:build unix

package main

import (
	"fmt"
	"os"
	"regexp"
	"sync"
	"time"
)

// output is what a supervisor and its services print.
type output struct {
	pipe  *os.File
	grown chan struct{} // has room for one
	ended chan struct{} // closed when the last process that holds the pipe is gone

	mu   sync.Mutex
	text []byte
	from int
}

func read(pipe *os.File) *output {
	o := &output{pipe: pipe, grown: make(chan struct{}, 1), ended: make(chan struct{})}
	go o.follow()
	return o
}

func (o *output) follow() {
	defer close(o.ended)
	defer o.pipe.Close()
	b := make([]byte, 4096)
	for {
		n, err := o.pipe.Read(b)
		o.mu.Lock()
		o.text = append(o.text, b[:n]...)
		o.mu.Unlock()
		select {
		case o.grown <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// cut ends follow although somebody holds the pipe.
func (o *output) cut() {
	o.pipe.SetReadDeadline(time.Unix(1, 0))
	<-o.ended
}

func (o *output) mark() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.from = len(o.text)
}

func (o *output) since(at int) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.text[at:])
}

// fresh is what was printed since the mark.
func (o *output) fresh() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.text[o.from:])
}

// await waits until what was printed since the mark matches, and gives the match
// and its groups.
func (o *output) await(want *regexp.Regexp) ([]string, error) {
	deadline := time.After(patience)
	for {
		if m := want.FindStringSubmatch(o.fresh()); m != nil {
			return m, nil
		}
		select {
		case <-o.grown:
		case <-o.ended:
			if m := want.FindStringSubmatch(o.fresh()); m != nil {
				return m, nil
			}
			return nil, fmt.Errorf("the supervisor and its services ended without a word of %q", want)
		case <-deadline:
			return nil, fmt.Errorf("waited %v for %q", patience, want)
		}
	}
}
