//go:build unix && !linux

package handoff

import "testing"

func wantSender(t *testing.T, m Message, _ int) {
	t.Helper()
	if m.PID != 0 || m.UID != -1 {
		t.Errorf("sender: pid %d uid %d, want 0 and -1", m.PID, m.UID)
	}
}
