package listener

import (
	"errors"
	"testing"
)

func TestOpenIsUnsupported(t *testing.T) {
	_, err := Open(t.Context(), Address{Network: "tcp", Addr: "127.0.0.1:0"})
	var e *UnsupportedError
	if !errors.As(err, &e) || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Open: %v", err)
	}
}
