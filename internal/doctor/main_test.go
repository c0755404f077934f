package doctor

import (
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"testing"
)

// The test binary is also the service that is looked at: see childMain.
func TestMain(m *testing.M) {
	if as := os.Getenv("DOCTOR_TEST_CHILD"); as != "" {
		childMain(as)
		return
	}
	// A program with the race detector takes a second to exit otherwise.
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	os.Exit(m.Run())
}

// childMain has the socket of its test as descriptor 3, and lives until its input
// ends.
func childMain(as string) {
	switch as {
	case "takes":
		l, err := net.FileListener(os.NewFile(3, "socket"))
		if err != nil {
			panic(err)
		}
		defer l.Close()
	case "own":
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		defer l.Close()
	case "ignores":
		signal.Ignore(syscall.SIGTERM)
	}
	os.Stdout.WriteString("ready\n")
	io.Copy(io.Discard, os.Stdin)
}
