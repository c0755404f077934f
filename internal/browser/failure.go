package browser

import (
	"slices"
	"strings"
)

// Problem is what a compiler says about a place in a file.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`   // from 1
	Column  int    `json:"column"` // from 1; 0 if it is not known
	Message string `json:"message"`
}

// Failure is why a service has no newer version.
type Failure struct {
	Service  string    `json:"service"`
	Title    string    `json:"title"`    // what failed, in a few words
	Problems []Problem `json:"problems"` // may be empty
	Text     string    `json:"text"`     // output without places, shown as it is; may be empty
	Note     string    `json:"note"`     // what serves meanwhile; may be empty
}

// with returns failures, sorted by service, with f in the place of the one of the
// same service.
func with(failures []Failure, f Failure) []Failure {
	at, known := find(failures, f.Service)
	if known {
		failures = slices.Clone(failures)
		failures[at] = f
		return failures
	}
	return slices.Insert(slices.Clone(failures), at, f)
}

func without(failures []Failure, service string) []Failure {
	at, known := find(failures, service)
	if !known {
		return failures
	}
	return slices.Delete(slices.Clone(failures), at, at+1)
}

func find(failures []Failure, service string) (at int, known bool) {
	return slices.BinarySearchFunc(failures, service, func(f Failure, s string) int { return strings.Compare(f.Service, s) })
}
