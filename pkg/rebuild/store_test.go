package rebuild

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// put makes an artifact of b with the content, built at the minute.
func put(t *testing.T, b *Builder, content string, minute int) Artifact {
	t.Helper()
	w, err := b.store.begin()
	if err != nil {
		t.Fatal(err)
	}
	defer w.remove()
	if err := os.WriteFile(w.exe(), []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
	a, err := b.store.keep(w)
	if err != nil {
		t.Fatal(err)
	}
	a.Built = time.Date(2026, 1, 1, 0, minute, 0, 0, time.UTC)
	if err := os.Chtimes(filepath.Dir(a.Path), a.Built, a.Built); err != nil {
		t.Fatal(err)
	}
	return a
}

func storeBuilder(t *testing.T, store, name string) *Builder {
	t.Helper()
	return newBuilder(t, Options{Package: ".", Store: store, Name: name, Keep: 2})
}

func TestArtifacts(t *testing.T) {
	store := t.TempDir()
	b := storeBuilder(t, store, "web")
	two, three, one := put(t, b, "2", 2), put(t, b, "3", 3), put(t, b, "1", 1)
	put(t, storeBuilder(t, store, "other"), "other", 9)
	writeTree(t, store, map[string]string{
		"README":                         "",
		strings.Repeat("a", 64):          "a file",
		"not-a-hash/web":                 "",
		".build-web-1/web":               "",
		strings.Repeat("A", 64) + "/web": "",
	})
	all, err := b.Artifacts()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []Artifact{three, two, one} {
		if i >= len(all) || all[i].Hash != want.Hash || all[i].Path != want.Path || !all[i].Built.Equal(want.Built) {
			t.Fatalf("artifacts %v: number %d is not %v", all, i, want)
		}
	}
	if len(all) != 3 {
		t.Errorf("artifacts %v", all)
	}
	// Built again, an old one is the newest.
	again := put(t, b, "1", 4)
	if got := hashes(t, b); got[0] != again.Hash || again.Hash != one.Hash {
		t.Errorf("hashes %v", got)
	}
}

func TestArtifactsWithoutStore(t *testing.T) {
	b := storeBuilder(t, "", "web")
	if err := os.Remove(b.o.Store); err != nil {
		t.Fatal(err)
	}
	if all, err := b.Artifacts(); err != nil || len(all) > 0 {
		t.Errorf("artifacts %v (%v)", all, err)
	}
	a := put(t, b, "made anew", 1)
	checkStore(t, b, a)
}

func TestPrune(t *testing.T) {
	store := t.TempDir()
	b, other := storeBuilder(t, store, "web"), storeBuilder(t, store, "other")
	var all []Artifact
	for i, content := range []string{"0", "1", "2", "3", "4", "5"} {
		all = append(all, put(t, b, content, i))
	}
	same := put(t, other, "1", 1)
	if err := b.Prune(all[0].Hash, all[4].Hash); err != nil {
		t.Fatal(err)
	}
	want := []string{all[5].Hash, all[4].Hash, all[3].Hash, all[0].Hash}
	if got := hashes(t, b); !slices.Equal(got, want) {
		t.Errorf("left are\n%v\nwant\n%v", got, want)
	}
	if got := hashes(t, other); !slices.Equal(got, []string{same.Hash}) {
		t.Errorf("of the other builder are left %v", got)
	}
	checkStore(t, b, all[0], all[3], all[4], all[5], same)
}

func TestNewSweepsWhatACrashLeft(t *testing.T) {
	store := t.TempDir()
	old := time.Now().Add(-11 * time.Minute)
	for name, at := range map[string]time.Time{
		".build-web-1": old, ".build-web-2": time.Now(), ".build-web-admin-3": old, "else": old,
	} {
		writeTree(t, store, map[string]string{name + "/tmp/file": ""})
		if err := os.Chtimes(filepath.Join(store, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	storeBuilder(t, store, "web"+exeSuffix)
	entries, err := os.ReadDir(store)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, entry := range entries {
		left = append(left, entry.Name())
	}
	want := []string{".build-web-2", ".build-web-admin-3", "else"}
	if exeSuffix == "" && !slices.Equal(left, want) {
		t.Errorf("left are %v, want %v", left, want)
	}
}

// A power failure can leave a file without its content.
func TestDamagedArtifactIsReplaced(t *testing.T) {
	b := storeBuilder(t, "", "web")
	a := put(t, b, "content", 1)
	if err := os.Truncate(a.Path, 3); err != nil {
		t.Fatal(err)
	}
	put(t, b, "content", 2)
	if content, err := os.ReadFile(a.Path); err != nil || string(content) != "content" {
		t.Errorf("content %q (%v)", content, err)
	}
}
