package rebuild

import (
	"slices"
	"strings"
	"testing"
)

func TestFastFlags(t *testing.T) {
	const id = "-buildid=" + steadyID
	for _, c := range []struct {
		flags, goflags []string
		debug          bool
		want           []string
	}{
		{nil, nil, false, []string{"-buildvcs=false", "-ldflags=-s -w " + id}},
		{nil, nil, true, []string{"-buildvcs=false", "-ldflags=" + id}},
		{[]string{"-tags", "a"}, []string{"-buildvcs=auto"}, false, []string{"-ldflags=-s -w " + id, "-tags", "a"}},
		{[]string{"-ldflags=-X main.a=b", "-v"}, nil, false, []string{"-buildvcs=false", "-ldflags=-X main.a=b " + id, "-v"}},
		{[]string{"--ldflags", "-s", "-buildvcs"}, nil, false, []string{"--ldflags", "-s " + id, "-buildvcs"}},
		{[]string{"-ldflags=-s", "-ldflags="}, nil, false, []string{"-buildvcs=false", "-ldflags=-s", "-ldflags=" + id}},
		{[]string{"-ldflags=./...=-s"}, nil, false, []string{"-buildvcs=false", "-ldflags=./...=-s"}},
		{nil, []string{"-ldflags=-s"}, false, []string{"-buildvcs=false"}},
		{[]string{"-tags", "-ldflags"}, nil, false, []string{"-buildvcs=false", "-ldflags=-s -w " + id, "-tags", "-ldflags"}},
	} {
		if got := fastFlags(c.flags, c.goflags, c.debug); !slices.Equal(got, c.want) {
			t.Errorf("%q with GOFLAGS %q: %q, want %q", c.flags, c.goflags, got, c.want)
		}
	}
}

func TestReplayable(t *testing.T) {
	for flags, want := range map[string]bool{
		"": true, "-tags a,b": true, "-tags=race": true, "-trimpath": true, "-mod mod": true, "-buildvcs=false": true, "-ldflags -s": true, "-gcflags=-N": true,
		"-race": false, "-cover": false, "-trimpath -a": false, "-toolexec=x": false, "-overlay x": false, "-buildvcs": false, "-buildmode=pie": false,
		"-ldflags=-extldflags=-static": false, "-ldflags=-linkmode=external": false, "-gcflags=-embedcfg=/tmp/x": false, "-pgo=x": false, "-C dir": false, "main.go": false,
	} {
		if err := checkReplayable(strings.Fields(flags)); (err == nil) != want {
			t.Errorf("%q: %v", flags, err)
		}
	}
}

func TestGoflags(t *testing.T) {
	for value, want := range map[string][]string{
		"":                               nil,
		" -a  -tags=b ":                  {"-a", "-tags=b"},
		"'-ldflags=-s -w' \"-tags=a b\"": {"-ldflags=-s -w", "-tags=a b"},
		"'-a":                            {"-a"},
	} {
		if got := (settings{"GOFLAGS": value}).goflags(); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

func TestEnvironDigest(t *testing.T) {
	first := environDigest([]string{"GOOS=linux", "TERM=xterm", "PATH=/bin"})
	for _, same := range [][]string{{"PATH=/bin", "GOOS=linux"}, {"PATH=/", "GOOS=linux", "PATH=/bin", "GOGC=off"}} {
		if environDigest(same) != first {
			t.Errorf("%q is another environment", same)
		}
	}
	for _, other := range [][]string{{"GOOS=linux"}, {"GOOS=linux", "PATH=/bin", "CGO_CFLAGS=-g"}, {"GOOS=linux", "PATH=/bin", "CC=gcc"}} {
		if environDigest(other) == first {
			t.Errorf("%q is the same environment", other)
		}
	}
}
