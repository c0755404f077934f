package rebuild

import (
	"slices"
	"strings"
	"testing"
)

func packagesOf(names string) *plan {
	p := &plan{}
	for _, name := range strings.Fields(names) {
		work, needs, _ := strings.Cut(name, ":")
		p.Packages = append(p.Packages, planned{Path: "example.com/" + work, Work: work,
			Needs: strings.FieldsFunc(needs, func(r rune) bool { return r == ',' })})
	}
	return p
}

func TestLevels(t *testing.T) {
	p := packagesOf("c d b:c a:b,d")
	if err := p.inOrder(); err != nil {
		t.Error(err)
	}
	var got []string
	for _, level := range p.levels() {
		var names []string
		for _, pkg := range level {
			names = append(names, pkg.Work)
		}
		got = append(got, strings.Join(names, " "))
	}
	if want := []string{"c d", "b", "a"}; !slices.Equal(got, want) {
		t.Errorf("levels %q, want %q", got, want)
	}
}

// It is built without a plan then, not by a plan that cannot be followed.
func TestNotInOrder(t *testing.T) {
	for _, names := range []string{"a:a", "a:b b", "a:b"} {
		err := packagesOf(names).inOrder()
		if err == nil || !strings.Contains(err.Error(), "example.com/a needs") {
			t.Errorf("%s: error %v", names, err)
		}
	}
}
