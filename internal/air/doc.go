// Package air reads the config files and the command lines of air
// (github.com/air-verse/air), the live reloader, and says the same in the terms of
// our own config: a tree of keys that internal/config loads like any file.
//
// What air does with each key is told beside it in [Keys]; what differs here on
// purpose is told in docs/from-air.md.
package air
