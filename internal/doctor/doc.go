// Package doctor finds the usual reasons why a service does not run, is not
// handed off, or loses clients, and names the command that mends each.
//
//	Gather ──▶ Facts ──▶ Diagnose ──▶ []Finding
//
// Gather looks at the machine for a bounded time and changes nothing that lasts.
// Diagnose is pure: what it says depends on the facts alone.
package doctor
