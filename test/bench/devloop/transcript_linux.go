package main

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"time"
)

// transcript is what a tool says, and when.
type transcript struct {
	from *os.File
	done chan struct{}

	mu    sync.Mutex
	lines []line
}

type line struct {
	at    time.Time // when it was read
	text  string
	event string  // of the supervisor
	took  float64 // in milliseconds
}

func newTranscript(from *os.File) *transcript {
	t := &transcript{from: from, done: make(chan struct{})}
	go func() {
		defer close(t.done)
		for s := bufio.NewScanner(from); s.Scan(); {
			t.add(s.Text())
		}
	}()
	return t
}

func (t *transcript) add(text string) {
	var report struct {
		Event string  `json:"event"`
		Took  float64 `json:"took_ms"`
	}
	now := time.Now()
	json.Unmarshal([]byte(text), &report) // of what is no report it leaves nothing
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, line{at: now, text: text, event: report.Event, took: report.Took})
}

// close ends the transcript, even if a process that writes to it was left.
func (t *transcript) close() {
	t.from.Close()
	<-t.done
}

// since returns the lines read after began that match.
func (t *transcript) since(began time.Time, matches func(line) bool) (found []line) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range t.lines {
		if l.at.After(began) && matches(l) {
			found = append(found, l)
		}
	}
	return found
}

// events returns the supervisor's reports of a kind.
func (t *transcript) events(began time.Time, kind string) []line {
	return t.since(began, func(l line) bool { return l.event == kind })
}

func (t *transcript) tail() string {
	all := t.since(time.Time{}, func(line) bool { return true })
	var b strings.Builder
	for _, l := range all[max(0, len(all)-20):] {
		b.WriteString(l.text + "\n")
	}
	return b.String()
}
