package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/control"
)

// Windows passes no sockets from one supervisor to the next: an upgrade is refused, says
// what to do instead, and changes nothing.
func TestUpgradeIsRefused(t *testing.T) {
	s := begin(t, "run", "")
	_, err := s.client.Upgrade(t.Context())
	var refused *control.UpgradeError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "stop it and start the new one") {
		t.Errorf("got %v", err)
	}
	if got := s.get(); got != "1" {
		t.Errorf("generation %s answers", got)
	}
	s.stop()
}
