//go:build unix

package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

// The test binary is the supervisor, its launcher and the service that it
// supervises, whichever name it is executed by.
func TestMain(m *testing.M) {
	proc.Main()
	testscript.Main(m, map[string]func(){
		"supervisor": main,
		"service":    serviceMain,
	})
}
