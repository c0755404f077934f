//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "upgrades: error: cannot measure here: the memory of processes is read from Linux's /proc")
	os.Exit(1)
}
