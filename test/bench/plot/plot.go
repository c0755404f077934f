// Package plot passes figures of a benchmark on to who draws them.
package plot

import (
	"encoding/json"
	"flag"
	"os"
)

// Chart is some figures that belong together. Less is better.
type Chart struct {
	Title string
	Unit  string
	Bars  []Bar
}

// Bar is one figure.
type Bar struct {
	Name  string
	Value float64
	Ours  bool
}

var file = flag.String("charts", "", "write the figures to this `file`, too, to be drawn")

// Write passes on what was measured, if anyone asked for it.
func Write(all []Chart) error {
	if *file == "" {
		return nil
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return os.WriteFile(*file, text, 0o644)
}

// Read returns what was passed on.
func Read(file string) (all []Chart, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return all, json.Unmarshal(text, &all)
}
