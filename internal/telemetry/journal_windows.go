package telemetry

import "os"

// ToJournal reports whether f goes to systemd's journal: never here.
func ToJournal(*os.File) bool { return false }
