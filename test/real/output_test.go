//go:build real

package real

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"
)

// output is what a program and all that it started print.
type output struct {
	pipe  *os.File
	grown chan struct{} // has room for one
	ended chan struct{} // closed when the last process that holds the pipe is gone

	mu   sync.Mutex
	text []byte
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

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.text)
}

// await waits for text, in which "…" is any part of a line.
func (o *output) await(text string) error {
	want := regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(text), "…", ".*"))
	deadline := time.After(patience)
	for !want.MatchString(o.String()) {
		select {
		case <-o.grown:
		case <-o.ended:
			if !want.MatchString(o.String()) {
				return fmt.Errorf("everything ended without a word of %q", text)
			}
		case <-deadline:
			return fmt.Errorf("waited %v for %q", patience, text)
		}
	}
	return nil
}
