package rebuild

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestOptionErrors(t *testing.T) {
	store := t.TempDir()
	tests := []struct {
		o    Options
		want string
	}{
		{Options{Store: store}, "neither a package nor a command is given"},
		{Options{Package: ".", Command: "make", Output: "x", Store: store}, "both a package and a command are given: which one makes the executable?"},
		{Options{Command: "make web", Store: store}, `no name is given for what "make web" makes`},
		{Options{Package: ".", Output: "x", Store: store}, "output goes with a command, not with a package"},
		{Options{Command: "make", Output: "x", Flags: []string{"-race"}, Store: store}, "flags go with a package, not with a command"},
		{Options{Package: "-race", Store: store}, `package "-race" begins with a dash: flags have a place of their own`},
		{Options{Package: "."}, "no store directory is given"},
		{Options{Package: ".", Store: store, Timeout: -time.Second}, "timeout -1s is negative"},
		{Options{Package: ".", Store: store, Keep: -1}, "keep -1 is negative"},
		{Options{Package: ".", Store: store, Flags: []string{"-o=x"}}, "flag -o=x is not allowed: the store says where the executable goes"},
		{Options{Package: ".", Store: store, Name: "a/b"}, `name "a/b" is not a file name`},
		{Options{Package: ".", Store: store, Name: ".."}, `name ".." is not a file name`},
	}
	for _, test := range tests {
		_, err := New(test.o)
		if want := "cannot prepare a build: " + test.want; err == nil || err.Error() != want {
			t.Errorf("error %v\nwant  %s", err, want)
		}
	}
}

func TestNewWithStoreThatCannotBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{Package: ".", Store: filepath.Join(file, "store")}); err == nil {
		t.Error("no error")
	}
}

func TestDefaultName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "here")
	tests := []struct {
		o    Options
		want string
	}{
		{Options{Package: "."}, "here"},
		{Options{Package: "./"}, "here"},
		{Options{Package: "./cmd/web"}, "web"},
		{Options{Package: "../api/"}, "api"},
		{Options{Package: "example.com/cmd/web"}, "web"},
		{Options{Package: filepath.Join(dir, "x")}, "x"},
		{Options{Command: "make", Output: "bin/web"}, "web"},
		{Options{Package: ".", Name: "given"}, "given"},
	}
	for _, test := range tests {
		test.o.Dir, test.o.Store = dir, dir
		o, err := test.o.complete()
		if err != nil || o.Name != test.want+exeSuffix {
			t.Errorf("%q %q gives %q, want %q (%v)", test.o.Package, test.o.Output, o.Name, test.want, err)
		}
		if o.Timeout != 10*time.Minute || o.Keep != 3 || o.Sink == nil {
			t.Errorf("defaults: %+v", o)
		}
	}
}
