package doctor

import (
	"slices"
	"testing"
)

// A feature is there, or it is said what follows.
func TestFeatures(t *testing.T) {
	all := Features(t.Context())
	if len(all) != len(consequences()) {
		t.Fatalf("got %+v", all)
	}
	for _, f := range all {
		if f.Available == (f.Otherwise != "") {
			t.Errorf("got %+v", f)
		}
	}
}

// Each probe is under the name of a feature.
func TestFeatureNames(t *testing.T) {
	found := map[string]probed{}
	for _, f := range consequences() {
		found[f.Name] = probed{true, "detail of " + f.Name}
	}
	for _, f := range features(found) {
		if !f.Available || f.Detail != "detail of "+f.Name || f.Otherwise != "" {
			t.Errorf("got %+v", f)
		}
	}
	if !slices.ContainsFunc(features(nil), func(f Feature) bool { return !f.Available && f.Otherwise != "" }) {
		t.Error("without a probe nothing is there")
	}
}

func TestRelease(t *testing.T) {
	if Release() == "" {
		t.Error("the kernel has no release")
	}
}
