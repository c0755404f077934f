package rebuild

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// store keeps artifacts: dir/HASH/name. The modification time of dir/HASH is
// when a build last made that content. While a build runs it has a directory
// dir/.build-name-RANDOM.
type store struct{ dir, name string }

func (s store) path(hash string) string { return filepath.Join(s.dir, hash, s.name) }

// list returns the artifacts, newest first.
func (s store) list() ([]Artifact, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var all []Artifact
	for _, entry := range entries {
		a, err := s.read(entry)
		switch {
		case err == nil:
			all = append(all, a)
		case !errors.Is(err, os.ErrNotExist):
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b Artifact) int { return b.Built.Compare(a.Built) })
	return all, nil
}

// read returns os.ErrNotExist for what is no artifact of this name.
func (s store) read(entry os.DirEntry) (Artifact, error) {
	hash := entry.Name()
	if !isHash(hash) || !entry.IsDir() {
		return Artifact{}, os.ErrNotExist
	}
	if _, err := os.Stat(s.path(hash)); err != nil {
		return Artifact{}, err
	}
	info, err := entry.Info()
	if err != nil {
		return Artifact{}, err
	}
	return Artifact{Path: s.path(hash), Hash: hash, Built: info.ModTime(), Served: s.records().servedAt(hash)}, nil
}

// keep gives what the build made its name: from then on it is an artifact.
func (s store) keep(w work) (Artifact, error) {
	hash, err := hashFile(w.exe())
	if err != nil {
		return Artifact{}, err
	}
	path := s.path(hash)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return Artifact{}, err
	}
	// A file that is there is used as it is, for it may be running. But after
	// a power failure it may not hold what its name says.
	if !s.holds(hash) {
		if err := os.Rename(w.exe(), path); err != nil {
			return Artifact{}, err
		}
	}
	return s.touch(hash)
}

// holds reports whether there is an artifact that is what its name says.
func (s store) holds(hash string) bool {
	found, err := hashFile(s.path(hash))
	return err == nil && found == hash
}

// touch makes an artifact the newest.
func (s store) touch(hash string) (Artifact, error) {
	built := time.Now()
	err := os.Chtimes(filepath.Dir(s.path(hash)), built, built)
	return Artifact{Path: s.path(hash), Hash: hash, Built: built}, err
}

// memory is the directory of what a builder remembers from build to build.
func (s store) memory() string { return filepath.Join(s.dir, ".fast-"+s.name) }

func isHash(name string) bool {
	_, err := hex.DecodeString(name)
	return err == nil && len(name) == hex.EncodedLen(sha256.Size) && strings.ToLower(name) == name
}
