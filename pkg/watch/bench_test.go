package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// largeTree has 5,000 directories with ten files each: of every hundred, one is the project's own, five are .git's and the
// rest is in node_modules. All counts everything as the project's own.
func largeTree(b *testing.B, all bool) string {
	b.Helper()
	root := b.TempDir()
	for i := range 5000 {
		top := "node_modules"
		switch {
		case all || i%100 == 0:
			top = "src"
		case i%100 < 6:
			top = ".git"
		}
		dir := filepath.Join(root, top, fmt.Sprint("p", i%70), fmt.Sprint("d", i))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			b.Fatal(err)
		}
		for n := range 10 {
			text := fmt.Appendf(nil, "file %d of directory %d\n", n, i)
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprint("f", n, ".js")), text, 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
	return root
}

func eachLargeTree(b *testing.B, bench func(b *testing.B, o Options)) {
	for name, all := range map[string]bool{"node_modules": false, "own": true} {
		b.Run(name, func(b *testing.B) { bench(b, Options{Dir: largeTree(b, all)}) })
	}
}

// BenchmarkStart is the time until every change is noticed.
func BenchmarkStart(b *testing.B) {
	eachLargeTree(b, func(b *testing.B, o Options) {
		for b.Loop() {
			w, err := Start(o)
			if err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
		b.ReportMetric(float64(residentMemory())/(1<<20), "MiB-RSS")
	})
}

// BenchmarkSave is the time from the begin of a save to its batch.
func BenchmarkSave(b *testing.B) {
	eachLargeTree(b, func(b *testing.B, o Options) {
		w, err := Start(o)
		if err != nil {
			b.Fatal(err)
		}
		defer w.Close()
		file := filepath.Join(o.Dir, "src", "main.go")
		var longest time.Duration
		n := 0
		for b.Loop() {
			n++
			began := time.Now()
			if err := os.WriteFile(file, fmt.Append(nil, n), 0o644); err != nil {
				b.Fatal(err)
			}
			<-w.Batches()
			longest = max(longest, time.Since(began))
			b.StopTimer()
			time.Sleep(longestQuiet) // a calm, so that no save belongs to a streak
			b.StartTimer()
		}
		b.ReportMetric(float64(longest)/1e6, "ms-longest")
		b.ReportMetric(float64(residentMemory())/(1<<20), "MiB-RSS")
	})
}
