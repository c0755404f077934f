package air

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"
)

// translated is what a file of the corpus comes to, for people to compare with it.
type translated struct {
	// sources are files of the project, which tell a file from a package.
	sources string
	// fault is the error of a file that cannot be used.
	fault                  string
	build, run, watch, dev string
	// warnings follow the name of the file.
	warnings []string
}

// corpus says of each file what is built, run and watched. "it" is what was built;
// "again" starts it again whenever it ends.
func corpus() map[string]translated {
	all := corpusFirst()
	maps.Copy(all, corpusSecond())
	return all
}

// The files are from public repositories: INDEX.tsv beside them names each, and its
// licence.
func TestCorpus(t *testing.T) {
	want := corpus()
	files, err := filepath.Glob("testdata/corpus/*.toml")
	if err != nil || len(files) != len(want) {
		t.Fatalf("%d files, want the %d of the table (%v)", len(files), len(want), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) { checkTranslated(t, read(t, file), want[name]) })
	}
}

func checkTranslated(t *testing.T, data []byte, want translated) {
	r, err := translate(t, data, want.sources)
	if err != nil || want.fault != "" {
		if err == nil || err.Error() != want.fault {
			t.Fatalf("error %v, want %q", err, want.fault)
		}
		return
	}
	got := summarize(r)
	for _, c := range []struct{ what, got, want string }{
		{"built", got.build, want.build}, {"run", got.run, want.run}, {"watched", got.watch, want.watch}, {"of dev", got.dev, want.dev},
	} {
		if c.got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.what, c.got, c.want)
		}
	}
	var warnings []string
	for _, w := range want.warnings {
		warnings = append(warnings, ".air.toml"+w)
	}
	if !slices.Equal(r.Warnings, warnings) {
		t.Errorf("warnings:\n got %q\nwant %q", r.Warnings, warnings)
	}
}
