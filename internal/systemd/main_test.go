package systemd

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"
)

// patience is how long anything may take that is waited for. It only ends tests
// that fail.
const patience = time.Minute

func TestMain(m *testing.M) {
	if os.Getenv("TEST_INHERITED") != "" {
		os.Exit(tellInherited())
	}
	os.Exit(m.Run())
}

// tellInherited is a process that systemd has started, and prints what it got.
func tellInherited() int {
	all, err := Inherited()
	if err != nil {
		fmt.Println(err)
		return 1
	}
	told := []string{os.Getenv("LISTEN_FDS") + os.Getenv("LISTEN_PID") + os.Getenv("LISTEN_FDNAMES") + os.Getenv("LISTEN_PIDFDID")}
	for _, i := range all {
		told = append(told, fmt.Sprintf("%d %v %v", i.FD, i.Ours, i))
	}
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil {
		return 1
	}
	return 0
}
