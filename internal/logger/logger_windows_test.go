package logger

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func init() {
	if text := os.Getenv("LOGGER_TEST_SAY"); text != "" {
		os.Stdout.WriteString(text + "\n")
		os.Exit(0)
	}
}

// Processes add to the file by themselves, in turn; one that was renamed stays theirs.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "web.log")
	l := New(Options{})
	say := func(text string) *Tap {
		tap, err := l.Attach(Sink{File: path})
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(os.Args[0])
		cmd.Env, cmd.Stdout = append(os.Environ(), "LOGGER_TEST_SAY="+text), tap.file
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		return tap
	}
	first := say("one")
	say("two").Started()
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	if _, err := first.file.WriteString("three\n"); err != nil {
		t.Fatal(err)
	}
	first.Started()
	say("four").Started()
	for name, want := range map[string]string{path + ".1": "one\ntwo\nthree\n", path: "four\n"} {
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s has %q, %v, want %q", name, got, err, want)
		}
	}
}

func TestNoFile(t *testing.T) {
	if _, err := New(Options{}).Attach(Sink{}); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("without a file: %v", err)
	}
	if _, err := New(Options{}).Attach(Sink{File: filepath.Join(t.TempDir(), "no", "dir", "x")}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without its directory: %v", err)
	}
}
