//go:build unix

package telemetry

import (
	"fmt"
	"os"
	"syscall"
)

// ToJournal reports whether f goes to systemd's journal, which takes priorities:
// $JOURNAL_STREAM names the device and inode of the stream that the journal gave
// this process (systemd.exec(5)). A redirected output is another file.
func ToJournal(f *os.File) bool {
	info, err := f.Stat()
	if err != nil {
		return false
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && os.Getenv("JOURNAL_STREAM") == fmt.Sprintf("%d:%d", s.Dev, s.Ino)
}
