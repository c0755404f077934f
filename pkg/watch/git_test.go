package watch

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// git runs git in the tree, without the user's configuration.
func (tr tree) git(args ...string) {
	tr.t.Helper()
	cmd := exec.CommandContext(tr.t.Context(), "git", args...)
	cmd.Dir = tr.root
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	if out, err := cmd.CombinedOutput(); err != nil {
		tr.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
}

// gitTree has a branch "other" in which n files are different; "master" is checked out.
func gitTree(t *testing.T, n int) tree {
	tr := newTree(t)
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git here")
	}
	tr.git("init", "-q", "-b", "master")
	commit := func(what string) {
		for i := range n {
			tr.overwrite(sourceName(i), fmt.Sprint(what, i))
		}
		tr.git("add", ".")
		tr.git("commit", "-qm", what)
	}
	for i := range 20 {
		tr.mkdir(filepath.Dir(sourceName(i)))
	}
	commit("one version of ")
	tr.git("checkout", "-qb", "other")
	commit("another of ")
	tr.git("checkout", "-q", "master")
	return tr
}

func sourceName(i int) string { return fmt.Sprintf("pkg%d/sub/file%d.go", i%20, i) }

// A thousand files that git changes are one batch, with the quiet time of one file.
func TestGitCheckout(t *testing.T) {
	t.Parallel()
	tr := gitTree(t, 1000)
	w := tr.watch(Options{})
	tr.git("checkout", "-q", "other")
	if b := w.next(); len(b.Changes) != 1000 {
		t.Fatalf("%d changes in the batch, want 1000", len(b.Changes))
	}
	w.only()
}

// Git's lock is waited for while git works, not while it waits for a message or after a crash.
func TestGitLock(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "main/a.go")
	tr.mkdir("main/.git/worktrees/w")
	tr.write("w/.git", "gitdir: ../main/.git/worktrees/w\n")
	for dir, lock := range map[string]string{
		"main/pkg": "main/.git/index.lock",
		"w/pkg":    "main/.git/worktrees/w/index.lock",
	} {
		path := gitLock(repository(tr.path(dir)))
		check := func(when string, want bool) {
			t.Helper()
			if got := checkingOut(path, time.Now()); got != want {
				t.Errorf("%s, %s: git is at work: %v, want %v", dir, when, got, want)
			}
		}
		check("no lock", false)
		tr.write(lock, "")
		check("empty lock", true)
		tr.write(lock, "DIRC")
		check("written lock", false)
		tr.write(lock, "")
		tr.age(lock)
		check("old lock", false)
	}
}

func TestBatchWaitsForGit(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a.go", ".git/index.lock")
	k, _ := tr.keeper(Options{})
	tr.write(".git/index.lock", "")
	tr.write("a.go", "new")
	tr.sees(k, "a.go", fsnotify.Create)
	for range 3 {
		if k.closesNow() {
			t.Fatalf("a batch while git is at work: %v", k.pending.Changes)
		}
	}
	tr.remove(".git/index.lock")
	if !k.closesNow() || len(k.pending.Changes) != 1 {
		t.Errorf("got %v, want one change", k.pending.Changes)
	}
}

// When git is done, files whose events are still on the way belong to the batch.
func TestCheckoutIsCompleted(t *testing.T) {
	t.Parallel()
	tr := newTree(t, ".git/HEAD")
	for i := range manyFiles + 1 {
		tr.write(fmt.Sprint(i), "old")
		tr.age(fmt.Sprint(i))
	}
	k, _ := tr.keeper(Options{})
	tr.write(".git/index.lock", "")
	for i := range manyFiles + 1 {
		tr.write(fmt.Sprint(i), "new")
		if i < manyFiles {
			tr.sees(k, fmt.Sprint(i), fsnotify.Create)
		}
	}
	if k.closesNow() {
		t.Fatalf("a batch while git is at work: %v", k.pending.Changes)
	}
	tr.remove(".git/index.lock")
	if !k.closesNow() || len(k.pending.Changes) != manyFiles+1 {
		t.Errorf("%d changes, want %d", len(k.pending.Changes), manyFiles+1)
	}
}
