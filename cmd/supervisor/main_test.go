//go:build unix

package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// raceOptions: a program with the race detector takes a second to exit otherwise.
const raceOptions = "atexit_sleep_ms=0"

// The test binary is the supervisor, its guardian and the service that it
// supervises, whichever name it is executed by.
func TestMain(m *testing.M) {
	os.Setenv("GORACE", raceOptions)
	testscript.Main(m, map[string]func(){
		"supervisor": main,
		"service":    serviceMain,
		"plain":      plainMain,
	})
}
