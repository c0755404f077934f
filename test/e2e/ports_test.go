//go:build unix

package e2e

import (
	"path/filepath"
	"testing"

	"github.com/seed-27ba25bb/supervisor/test/freeport"
)

// freeAddress is one that nothing listened on a moment ago.
func freeAddress(t *testing.T, socket string) string {
	t.Helper()
	switch socket {
	case "unix":
		return filepath.Join(shortDir(t), "web")
	case "udp":
		return freeport.UDP(t)
	}
	return freeport.TCP(t)
}
