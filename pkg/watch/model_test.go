package watch

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A writer does what it likes with a tree. In the end the sum of all batches has to explain every difference
// between the first state and the last, and nothing that is not so.
func TestBatchesExplainTheTree(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		for seed := range uint64(4) {
			t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
				t.Parallel()
				model(t, poll, rand.New(rand.NewPCG(seed, 0)))
			})
		}
	})
}

func model(t *testing.T, poll time.Duration, rnd *rand.Rand) {
	tr := newTree(t)
	for range 30 {
		chaos{tr, rnd}.step()
	}
	first := tr.contents()
	w := tr.watch(Options{Poll: poll})
	for range 300 {
		chaos{tr, rnd}.step()
	}
	last := tr.contents()
	var sum Batch
	for deadline := time.After(tolerance); ; {
		wrong := unexplained(tr, first, last, sum)
		if wrong == "" {
			return
		}
		select {
		case b := <-w.w.Batches():
			sum = merge(sum, b)
		case <-deadline:
			t.Fatal(wrong)
		}
	}
}

// unexplained names a file that the changes do not explain.
func unexplained(tr tree, first, last map[string]string, sum Batch) string {
	ops := map[string]Op{}
	for _, c := range sum.Changes {
		ops[c.Path] = c.Op
	}
	all := map[string]bool{}
	for _, m := range []map[string]string{first, last} {
		for p := range m {
			all[p] = true
		}
	}
	for p := range ops {
		all[p] = true
	}
	for p := range all {
		was, had := first[p]
		now, has := last[p]
		op := ops[p]
		var ok bool
		switch {
		case !had && !has:
			ok = op == 0
		case !had:
			ok = op == Created
		case !has:
			ok = op == Removed
		case was != now:
			ok = op == Modified
		default:
			ok = op == 0 || op == Modified // there and back in several batches
		}
		if !ok {
			return fmt.Sprintf("%s: was there %v, is there %v, same %v; reported as %v", p, had, has, was == now, op)
		}
	}
	return ""
}

func (tr tree) contents() map[string]string {
	tr.t.Helper()
	m := map[string]string{}
	tr.must(filepath.WalkDir(tr.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		m[path] = string(b)
		return err
	}))
	return m
}

// chaos does one random thing to a tree. Many things fail, for want of a file or a place; that is fine.
type chaos struct {
	tree
	rnd *rand.Rand
}

func (c chaos) step() {
	switch file := c.file(); c.rnd.IntN(11) {
	case 0, 1, 2, 3:
		c.put(file, fmt.Sprint(c.rnd.IntN(5)))
	case 4:
		if b, err := os.ReadFile(file); err == nil {
			c.put(file, string(b))
		}
	case 5:
		_ = os.Remove(file)
	case 6:
		_ = os.Rename(file, c.file())
	case 7:
		_ = os.Rename(c.dir(), c.dir())
	case 8:
		if d := c.dir(); c.rnd.IntN(3) == 0 && d != c.root {
			_ = os.RemoveAll(d)
		}
	case 9:
		_ = os.Chmod(file, 0o600)
	case 10:
		c.put(file+".tmp", fmt.Sprint(c.rnd.IntN(5)))
		_ = os.Rename(file+".tmp", file)
	}
}

func (c chaos) put(path, content string) {
	if os.MkdirAll(filepath.Dir(path), 0o755) == nil {
		_ = os.WriteFile(path, []byte(content), 0o644)
	}
}

func (c chaos) dir() string {
	parts := []string{c.root}
	for range c.rnd.IntN(4) {
		parts = append(parts, "d"+strings.Repeat("x", c.rnd.IntN(3)))
	}
	return filepath.Join(parts...)
}

func (c chaos) file() string {
	return filepath.Join(c.dir(), fmt.Sprintf("f%d.go", c.rnd.IntN(4)))
}
