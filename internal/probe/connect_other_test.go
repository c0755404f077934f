//go:build !linux

package probe

import (
	"errors"
	"testing"
)

func TestUnsupported(t *testing.T) {
	if err := TCP(t.Context(), "127.0.0.1:1", nil); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("tcp: %v", err)
	}
	if err := HTTP(t.Context(), "http://127.0.0.1:1/", nil); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("http: %v", err)
	}
}
