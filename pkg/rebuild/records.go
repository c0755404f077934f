package rebuild

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// records are what is known of artifacts beside their content: files in
// dir/.records-name, so that it outlives the program.
//
//	HASH.served     it was in service; the file's time of modification is when that began
//	HASH.signature  a signature of it
//	back            the hash of the one that somebody went back to, which is to serve
//	                until what the build makes is asked for
type records struct{ dir string }

func (s store) records() records { return records{filepath.Join(s.dir, ".records-"+s.name)} }

func (r records) served(hash string) string    { return filepath.Join(r.dir, hash+".served") }
func (r records) signature(hash string) string { return filepath.Join(r.dir, hash+".signature") }
func (r records) back() string                 { return filepath.Join(r.dir, "back") }

// servedAt is zero for an artifact that was not in service.
func (r records) servedAt(hash string) time.Time {
	info, err := os.Stat(r.served(hash))
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// forget removes what is known of an artifact.
func (r records) forget(hash string) error {
	return errors.Join(removeIfThere(r.served(hash)), removeIfThere(r.signature(hash)))
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// write replaces a file as a whole.
func (r records) write(path string, content []byte) error {
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(r.dir, ".new-")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// Served records that an artifact was put in service: it is one to go back to. Without
// that Artifacts has no time for it, and Prune prefers to remove it.
func (b *Builder) Served(hash string, at time.Time) error {
	r := b.store.records()
	if err := r.write(r.served(hash), nil); err != nil {
		return err
	}
	return os.Chtimes(r.served(hash), at, at)
}

// Withdraw records that an artifact was gone back from, as if it had never served.
func (b *Builder) Withdraw(hash string) error {
	return removeIfThere(b.store.records().served(hash))
}

// GoBack records the artifact that is to serve until what the build makes is asked for
// again: none if hash is "".
func (b *Builder) GoBack(hash string) error {
	r := b.store.records()
	if hash == "" {
		return removeIfThere(r.back())
	}
	return r.write(r.back(), []byte(hash))
}

// Back is the artifact that GoBack recorded last, "" if there is none or it is gone.
func (b *Builder) Back() string {
	content, err := os.ReadFile(b.store.records().back())
	hash := strings.TrimSpace(string(content))
	if err != nil || !isHash(hash) {
		return ""
	}
	if _, err := os.Stat(b.store.path(hash)); err != nil {
		return ""
	}
	return hash
}

// Sign records a signature of an artifact.
func (b *Builder) Sign(hash string, signature []byte) error {
	r := b.store.records()
	return r.write(r.signature(hash), signature)
}

// Signature is what Sign recorded for an artifact, nil if nothing.
func (b *Builder) Signature(hash string) []byte {
	content, err := os.ReadFile(b.store.records().signature(hash))
	if err != nil {
		return nil
	}
	return content
}

// Artifact returns the artifact of that content, if it is there and whole: after a
// power failure it may not hold what its name says.
func (b *Builder) Artifact(hash string) (Artifact, error) {
	path := b.store.path(hash)
	info, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return Artifact{}, err
	}
	found, err := hashFile(path)
	switch {
	case err != nil:
		return Artifact{}, err
	case found != hash:
		return Artifact{}, errors.New("it is damaged: its content is another one than its name says")
	}
	return Artifact{Path: path, Hash: hash, Built: info.ModTime(), Served: b.store.records().servedAt(hash)}, nil
}
