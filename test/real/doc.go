// Package real holds the tests that need root and Debian packages: scripts/test-real
// installs them and runs these with the build tag real.
package real
