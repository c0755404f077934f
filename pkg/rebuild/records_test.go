package rebuild

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// What is on record outlives the builder, and says nothing of when content was built.
func TestRecords(t *testing.T) {
	store := t.TempDir()
	b := storeBuilder(t, store, "web")
	one, two := put(t, b, "1", 1), put(t, b, "2", 2)
	at := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	for _, err := range []error{
		b.Served(one.Hash, at), b.Served(two.Hash, at.Add(time.Hour)), b.Withdraw(two.Hash), b.Withdraw("none"),
		b.Sign(one.Hash, []byte("signed")), b.GoBack(one.Hash),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	b = storeBuilder(t, store, "web")
	all, err := b.Artifacts()
	if err != nil || len(all) != 2 || all[0].Hash != two.Hash {
		t.Fatalf("artifacts %v (%v)", all, err)
	}
	if !all[0].Served.IsZero() || !all[1].Served.Equal(at) || !all[1].Built.Equal(one.Built) {
		t.Errorf("artifacts %v", all)
	}
	if got := b.Signature(one.Hash); string(got) != "signed" || b.Signature(two.Hash) != nil {
		t.Errorf("signature %q", got)
	}
	if got := b.Back(); got != one.Hash {
		t.Errorf("gone back to %q", got)
	}
	if other := storeBuilder(t, store, "web2"); other.Back() != "" || other.Signature(one.Hash) != nil {
		t.Error("another builder has them, too")
	}
	if err := b.GoBack(""); err != nil || b.Back() != "" {
		t.Errorf("gone back to %q (%v)", b.Back(), err)
	}
}

func TestBackToNothing(t *testing.T) {
	b := storeBuilder(t, "", "web")
	if got := b.Back(); got != "" {
		t.Errorf("%q without a record", got)
	}
	for _, hash := range []string{digest([]byte("gone")), "../../etc"} {
		if err := b.GoBack(hash); err != nil {
			t.Fatal(err)
		}
		if got := b.Back(); got != "" {
			t.Errorf("%q, which is not there", got)
		}
	}
}

// Builds that never served do not push out what one can go back to, and what is
// removed is forgotten.
func TestPruneKeepsWhatServed(t *testing.T) {
	b := storeBuilder(t, "", "web")
	var all []Artifact
	for i, content := range []string{"0", "1", "2", "3", "4", "5"} {
		all = append(all, put(t, b, content, i))
	}
	for i, at := range []int{3, 2, 1} {
		if err := errors.Join(b.Served(all[i].Hash, time.Unix(int64(at), 0)), b.Sign(all[i].Hash, nil)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Prune(all[5].Hash); err != nil {
		t.Fatal(err)
	}
	if got, want := hashes(t, b), []string{all[5].Hash, all[1].Hash, all[0].Hash}; !slices.Equal(got, want) {
		t.Errorf("left are\n%v\nwant\n%v", got, want)
	}
	if left, _ := filepath.Glob(filepath.Join(b.store.records().dir, all[2].Hash+"*")); len(left) > 0 {
		t.Errorf("left are %v", left)
	}
}

func TestArtifactIsWhole(t *testing.T) {
	b := storeBuilder(t, "", "web")
	a := put(t, b, "content", 1)
	if got, err := b.Artifact(a.Hash); err != nil || got.Path != a.Path || got.Hash != a.Hash || !got.Built.Equal(a.Built) {
		t.Errorf("artifact %v (%v)", got, err)
	}
	if err := os.WriteFile(a.Path, []byte("another"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Artifact(a.Hash); err == nil {
		t.Errorf("a damaged artifact is returned: %v", got)
	}
	if _, err := b.Artifact(digest(nil)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

// Without a command what is there is kept, as it was at that moment.
func TestKeepOutput(t *testing.T) {
	dir := t.TempDir()
	b := newBuilder(t, Options{Dir: dir, Output: "server", Store: filepath.Join(dir, "store")})
	program := filepath.Join(dir, "server")
	if _, err := b.Build(t.Context()); err == nil || err.Error() != "cannot take server: there is no "+program+": file does not exist" {
		t.Errorf("error %v", err)
	}
	if err := os.WriteFile(program, []byte("one"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Build(t.Context()); exeSuffix == "" && (err == nil || err.Error() != "cannot take server: server is not executable (mode -rw-r--r--)") {
		t.Errorf("error %v", err)
	}
	if err := os.Chmod(program, 0o755); err != nil {
		t.Fatal(err)
	}
	a, err := b.Build(t.Context())
	if err != nil || a.Hash != digest([]byte("one")) {
		t.Fatalf("artifact %v (%v)", a, err)
	}
	if err := os.WriteFile(program, []byte("two"), 0o755); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(a.Path); err != nil || string(content) != "one" {
		t.Errorf("content %q (%v)", content, err)
	}
}
