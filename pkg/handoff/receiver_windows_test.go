package handoff

import (
	"errors"
	"testing"
)

func TestReceiveIsUnsupported(t *testing.T) {
	if _, err := Receive(`C:\notify`); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Receive: %v", err)
	}
}
