// Package rules runs commands for files that no build of a service reads: the
// sources of generated code, styles, scripts.
package rules
