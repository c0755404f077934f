package control

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestDecodeReload(t *testing.T) {
	for body, want := range map[string][]string{
		"":                                 nil,
		" \n":                              nil,
		"{}":                               nil,
		`{"services": null}`:               nil,
		`{"services": ["a", "b"]} ` + "\n": {"a", "b"},
	} {
		r, err := decodeReload(strings.NewReader(body))
		if err != nil || !slices.Equal(r.Services, want) {
			t.Errorf("%q: got %q, %v", body, r.Services, err)
		}
	}
}

func FuzzDecodeReload(f *testing.F) {
	for _, s := range []string{"", "{}", `{"services": ["web"]}`, `{"services": [""]}`, `{"x": 1}`, `[]`, "null", `{}{}`, "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := decodeReload(bytes.NewReader(body))
		if err != nil {
			if asFailure(err).status != 400 || len(r.Services) != 0 {
				t.Fatalf("refused with %#v and %q", err, r.Services)
			}
			return
		}
		again, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if r2, err := decodeReload(bytes.NewReader(again)); err != nil || !slices.Equal(r.Services, r2.Services) {
			t.Fatalf("%q came back as %q, %v", r.Services, r2.Services, err)
		}
	})
}
