//go:build unix

package handoff

import (
	"fmt"
	"os"
	"strconv"
	"testing"
)

// The test binary is its own service: with serviceEnv set it runs as a generation of
// TestGenerationsLoseNothing.
const serviceEnv = "HANDOFF_TEST_SERVICE"

func TestMain(m *testing.M) {
	if behave := os.Getenv(selfEnv); behave != "" {
		if err := runSelf(behave); err != nil {
			fmt.Fprintln(os.Stderr, "self:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if os.Getenv(serviceEnv) == "" {
		os.Exit(m.Run())
	}
	// The launcher's part: nobody else knows the pid.
	os.Setenv("LISTEN_PID", strconv.Itoa(os.Getpid()))
	if err := runService(os.Getenv(serviceEnv)); err != nil {
		fmt.Fprintln(os.Stderr, "service:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func runService(generation string) error {
	w, err := New(Options{})
	if err != nil {
		return err
	}
	web, err := w.Listen("tcp", "web")
	if err != nil {
		return err
	}
	raw, err := w.Listen("tcp", "raw")
	if err != nil {
		return err
	}
	path, err := w.Listen("unix", os.Getenv("HANDOFF_TEST_PATH"))
	if err != nil {
		return err
	}
	udp, err := w.ListenPacket("udp", "udp")
	if err != nil {
		return err
	}
	go echoConns(raw, generation)
	go echoConns(path, generation)
	go echoPackets(udp, generation)
	return w.Serve(web, newEchoServer(generation))
}
