// Package hugelink is a file more for the main package of the Go linker, for pkg/rebuild
// to build one with. Nothing imports it.
//
// A linker spends a quarter of its time on the first touch of memory, a page of 4 KiB at
// a time. Where the kernel gives huge pages to those who ask (madvise(2), MADV_HUGEPAGE),
// the Go runtime does not ask for its heap; this does, before the linker begins.
package hugelink

import (
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
)

const (
	// size is that of the heap in huge pages, in bytes: more than most links take. What is
	// not touched takes no memory.
	size = 256 << 20
	// percent is the growth of the heap from one garbage collection to the next. With
	// small pages 100 is best, since memory that was collected has been touched before.
	percent = 200
)

func init() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
	heap := make([]byte, size)
	// Where there are no huge pages the linker works as it ever did.
	_ = syscall.Madvise(heap, syscall.MADV_HUGEPAGE)
	// Nobody holds it any more: the linker gets it piece by piece.
	runtime.GC()
}
