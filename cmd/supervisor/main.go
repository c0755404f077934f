// Supervisor runs a network service from the first save to hot upgrades, and never
// loses a connection on the way.
package main

import (
	"os"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

func main() {
	if proc.First() {
		os.Exit(proc.BeFirst())
	}
	os.Exit(hosted(os.Args[1:], func(args []string) int { return run(args, os.Stdout, os.Stderr) }))
}
