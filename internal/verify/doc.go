// Package verify tells whether an executable is one that may start: by the SHA-256 of
// its content, or by a signature of minisign(1).
package verify
