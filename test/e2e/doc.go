// Package e2e has no code of its own: its tests run the real supervisor with
// real processes under real load.
package e2e
