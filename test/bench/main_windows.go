package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "bench: error: cannot measure on Windows: the handoffs are asked for by SIGHUP")
	os.Exit(1)
}
