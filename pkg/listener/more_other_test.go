//go:build unix && !linux

package listener

import (
	"errors"
	"testing"
)

func moreNetworks(string) []string { return nil }

func TestAbstractIsUnsupported(t *testing.T) {
	var e *UnsupportedError
	_, err := Open(t.Context(), mustParse(t, "unix:@x"))
	if !errors.As(err, &e) || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Open: %v", err)
	}
}
