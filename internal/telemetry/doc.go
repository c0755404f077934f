// Package telemetry shows what a supervisor does: its reports become lines for a
// reader or JSON for a machine, and the output of services gets a prefix. On a
// Screen a phase has a line that changes while it lasts.
//
// What it writes to may fail or be gone: that is swallowed, since neither the
// supervisor nor a service should suffer for a lost line.
package telemetry
