package rebuild

import (
	_ "embed"
	"os"
	"strings"
)

//go:embed hugelink/hugelink_linux.go
var hugelink string

// hugePagesOnRequest reports whether the kernel gives huge pages to those who ask: if it
// gives them to all, or to nobody, the toolchain's own linker is as good as any.
func hugePagesOnRequest() bool {
	text, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	return err == nil && strings.Contains(string(text), "[madvise]")
}
