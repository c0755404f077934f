//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/doctor"
)

// examines runs doctor, and wants its exit code and findings that begin so:
// "outcome check: found".
func (s *supervised) examines(code int, want []string, args ...string) {
	s.t.Helper()
	text, got := s.verb(append([]string{"doctor", "--json"}, args...)...)
	var said struct{ Findings []doctor.Finding }
	if err := json.Unmarshal([]byte(text), &said); err != nil || got != code {
		s.t.Fatalf("doctor: exit code %d, want %d; %v:\n%s", got, code, err, text)
	}
	for _, w := range want {
		found := slices.ContainsFunc(said.Findings, func(f doctor.Finding) bool {
			return strings.HasPrefix(fmt.Sprintf("%s %s: %s", f.Outcome, f.Check, f.Found), w)
		})
		if !found {
			s.t.Errorf("doctor does not find %q:\n%s", w, text)
		}
	}
}

func TestDoctorOfARunningSupervisor(t *testing.T) {
	s := running(t, service(), "good")
	s.examines(0, []string{
		"ok control: supervisor ",
		"ok service: web serves",
	}, "-c", "supervisor.toml")
	s.stops()
}

func TestDoctorOfAMuteService(t *testing.T) {
	s := running(t, service(), "good mute")
	s.examines(0, []string{"warning ready: web #1 sent no READY=1"}, "-c", "supervisor.toml")
	s.stops()
}

// Another config wants the address that a supervisor holds; then that is killed.
func TestDoctorOfAnAddressInUse(t *testing.T) {
	s := running(t, service(), "good")
	s.write("other.toml", fmt.Sprintf("[services.api]\nlisten = [%q]\ncommand = [\"sh\"]\n", s.addr))
	s.examines(2, []string{"problem address: tcp://" + s.addr + " is taken"}, "-c", "other.toml", "--control", s.dir+"/other")
	// It outlives the supervisor, and holds the address and the test's pipe.
	orphan := s.status().Services[0].Generations[0].Processes[0].PID
	defer syscall.Kill(orphan, syscall.SIGKILL)
	if err := s.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.exited
	s.examines(2, []string{
		"problem address: tcp://" + s.addr + " is taken",
		"warning control: nobody listens on ",
	}, "-c", "other.toml")
}
