//go:build unix

package watch

import (
	"os"
	"testing"
)

// descriptors counts the open file descriptors.
func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}
