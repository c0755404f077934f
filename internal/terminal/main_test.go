package terminal_test

import (
	"os"
	"testing"
)

// The test binary plays the programs that need a terminal of their own.
const role = "TERMINAL_TEST_ROLE"

func TestMain(m *testing.M) {
	if play := roles[os.Getenv(role)]; play != nil {
		play()
		os.Exit(0)
	}
	os.Exit(m.Run())
}
