// Command mutate breaks load-bearing lines one at a time, in a copy of the tree, and
// shows that a test notices each: go run ./test/mutate [WORD…] tries those whose name or
// file has one of the words in it. It ends with 1 if one survives, or does not fit the
// source any more.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate: error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, words []string) error {
	chosen := slices.DeleteFunc(slices.Clone(mutants), func(m mutant) bool { return !m.among(words) })
	if len(chosen) == 0 {
		return fmt.Errorf("no mutant has one of %q in its name or file", words)
	}
	root, err := copyTree(ctx)
	if err != nil {
		return err
	}
	defer os.RemoveAll(root)
	// A test that fails anyway notices nothing.
	sound := map[string]bool{}
	for _, m := range chosen {
		if tests := m.pkg + " " + m.run; !sound[tests] {
			fmt.Fprintln(os.Stderr, "testing", m.pkg, "as it is …")
			if out, err := m.test(ctx, root); err != nil {
				return fmt.Errorf("the tests of %s fail as it is: %w\n%s", m.pkg, err, out)
			}
			sound[tests] = true
		}
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "MUTANT\tIN\tNOTICED BY\tTOOK")
	bad := 0
	for _, m := range chosen {
		fmt.Fprintln(os.Stderr, "trying:", m.name, "…")
		began := time.Now()
		by, err := m.try(ctx, root)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			by, bad = err.Error(), bad+1
		}
		fmt.Fprintln(os.Stderr, "  noticed by", by) // the table is lost if it ends too soon
		fmt.Fprintf(table, "%s\t%s\t%s\t%.1f s\n", m.name, m.file, by, time.Since(began).Seconds())
	}
	table.Flush()
	if bad > 0 {
		return fmt.Errorf("of %d mutants %d were not noticed, or do not fit", len(chosen), bad)
	}
	return nil
}

func (m mutant) among(words []string) bool {
	return len(words) == 0 || slices.ContainsFunc(words, func(w string) bool {
		return strings.Contains(m.name, w) || strings.Contains(m.file, w)
	})
}

// copyTree copies what belongs to the module, as it is now.
func copyTree(ctx context.Context) (root string, err error) {
	from, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("cannot find the module; run it as: go run ./test/mutate: %w", err)
	}
	if root, err = os.MkdirTemp("", "mutate"); err != nil {
		return "", err
	}
	source := os.DirFS(strings.TrimSpace(string(from)))
	for _, part := range []string{"go.mod", "go.sum", "cmd", "docs", "internal", "pkg", "test/e2e", "test/freeport"} {
		if err := copyPart(root, source, part); err != nil {
			os.RemoveAll(root)
			return "", fmt.Errorf("cannot copy the tree: %w", err)
		}
	}
	return root, nil
}

var (
	errSurvived = errors.New("NOBODY")
	failed      = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
)

// try returns which test has noticed. The file is as before in the end.
func (m mutant) try(ctx context.Context, root string) (by string, err error) {
	path := filepath.Join(root, m.file)
	whole, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(whole), m.old); n != 1 {
		return "", fmt.Errorf("ITS LINE STANDS THERE %d TIMES", n)
	}
	broken := strings.Replace(string(whole), m.old, m.new, 1)
	if err := os.WriteFile(path, []byte(broken), 0o644); err != nil {
		return "", err
	}
	defer os.WriteFile(path, whole, 0o644)
	out, err := m.test(ctx, root)
	switch names := failed.FindAllStringSubmatch(out, -1); {
	case err == nil:
		return "", errSurvived
	case strings.Contains(out, "[build failed]"):
		fmt.Fprintln(os.Stderr, out)
		return "", errors.New("IT DOES NOT COMPILE")
	case len(names) > 0:
		return names[0][1], nil
	}
	return "a test that never ended, or crashed", nil
}

// test runs the tests. One that waits for what a mutant never does is ended.
func (m mutant) test(ctx context.Context, root string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "test", fmt.Sprintf("-short=%t", !m.long), "-failfast", "-timeout", "5m", "-run", cmp.Or(m.run, "."), m.pkg)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	return string(out), err
}
