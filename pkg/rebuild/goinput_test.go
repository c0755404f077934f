package rebuild

import "testing"

func TestIsGoInput(t *testing.T) {
	for path, want := range map[string]bool{
		"/a/main.go": true, "main.go": true, "/a/go.mod": true, "/a/go.sum": true, "go.work": true, "go.work.sum": true,
		"default.pgo": true, "x.s": true, "x.S": true, "x.c": true, "x.h": true, "x.cc": true, "x.cpp": true, "x.m": true,
		"x_linux_amd64.syso": true, "x.swigcxx": true,
		"main_test.go": false, "_main.go": false, ".#main.go": false, "main.go~": false, "main.go.swp": false, "4913": false,
		"x.md": false, "x": false, "": false, "other.mod": false, "x.pgo": false, "go": false, "x.html": false,
	} {
		if got := IsGoInput(path); got != want {
			t.Errorf("IsGoInput(%q) = %v", path, got)
		}
	}
}
