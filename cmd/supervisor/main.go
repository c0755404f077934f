// Supervisor runs a network service from the first save to hot upgrades, and never
// loses a connection on the way.
package main

import (
	"os"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
