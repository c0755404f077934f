package watch

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// staleLock is the age from which an index.lock was left by a git that crashed.
const staleLock = 30 * time.Second

// manyFiles is how many of them make a checkout worth a survey.
const manyFiles = 50

// repository finds the top of the git repository that dir is in; without one, dir is the top.
func repository(dir string) string {
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			return d
		}
		if d == filepath.Dir(d) {
			return dir
		}
	}
}

// gitLock is the file that git has while it works on the index of the repository at top.
func gitLock(top string) string {
	git := filepath.Join(top, ".git")
	// In a worktree or submodule, .git is a file that says where the directory is; see gitrepository-layout(5).
	if text, err := os.ReadFile(git); err == nil {
		dir, _ := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
		if git = filepath.FromSlash(dir); !filepath.IsAbs(git) {
			git = filepath.Join(top, git)
		}
	}
	return filepath.Join(git, "index.lock")
}

// checkingOut reports whether git is in the middle of changing files. Its lock is empty then: it writes the new index into it
// when all files are as they should be. While it waits for a commit message, the lock is not empty.
func checkingOut(lock string, now time.Time) bool {
	fi, err := os.Lstat(lock)
	return err == nil && fi.Size() == 0 && now.Sub(fi.ModTime()) < staleLock
}
