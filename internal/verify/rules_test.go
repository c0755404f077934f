package verify

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What minisign 0.11 has made of "hello\n": minisign -S, and minisign -S -l.
const (
	key    = "RWRsJ44ZuIBt1dtbXtuotZEYFi/l+/nxOq1q8ELQP0jVQfVebDwsx1wG"
	hashed = `untrusted comment: signature from minisign secret key
RURsJ44ZuIBt1aq535TTzidLg2qSw6QiuaCakL2BhgfSaxvJKL68TUJwH7lfr3RlCHwzIoPZo69D0ZfbqojuSGzCbkmeGFiL1w0=
trusted comment: timestamp:1795789323	file:f	hashed
RCsAErsUStzodedkMaU3ZjGEg2WOfFgPdIYWpBl6ego3jCBLLXZXYz6DZpFADnvmNha7M9RgMGZ5h6qoDausCQ==
`
	legacy = `untrusted comment: signature from minisign secret key
RWRsJ44ZuIBt1SpI3xvje5SgU9DB/TJEmRJqhahsjB5EOD7+JaFncsYEYHRIzIUiM+YyFolsS03Dn1IFDAWyV5Lw9Fs4bkJaowk=
trusted comment: timestamp:1795789323	file:f
6M0siHJHSBOtGQ6uC/fECllbc50dezYIN5oJAMi4Gubhn3sYgxsJsnYTyYvuMK63jWTEqRZ/TefS92d0aRRxDw==
`
	otherKey = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"
	sum      = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
)

func file(t testing.TB, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFile(t *testing.T) {
	zeros := strings.Repeat("0", 64)
	for _, test := range []struct {
		name       string
		rules      Rules
		content    string
		signatures []string
		good       string
		want       string
	}{
		{name: "nothing to verify", content: "anything"},
		{name: "one of the sums", rules: Rules{SHA256: []string{zeros, sum}}, content: "hello\n"},
		{name: "none of the sums", rules: Rules{SHA256: []string{zeros}}, content: "hello\n",
			want: "its SHA-256 is " + sum + ", which verify.sha256 does not have"},
		{name: "signed", rules: Rules{Minisign: key}, content: "hello\n", signatures: []string{hashed}, good: hashed},
		{name: "signed as of old", rules: Rules{Minisign: key}, content: "hello\n", signatures: []string{legacy}, good: legacy},
		{name: "the second signature is good", rules: Rules{Minisign: key}, content: "hello\n", signatures: []string{"", hashed}, good: hashed},
		{name: "not signed", rules: Rules{Minisign: key}, content: "hello\n", want: "there is no signature of it"},
		{name: "other content", rules: Rules{Minisign: key}, content: "hello", signatures: []string{hashed},
			want: "its signature is not one of verify.minisign: invalid signature"},
		{name: "other content, signed as of old", rules: Rules{Minisign: key}, content: "hello", signatures: []string{legacy},
			want: "its signature is not one of verify.minisign: invalid signature"},
		{name: "other key", rules: Rules{Minisign: otherKey}, content: "hello\n", signatures: []string{hashed},
			want: "its signature is not one of verify.minisign: incompatible key identifiers"},
		{name: "no signature", rules: Rules{Minisign: key}, content: "hello\n", signatures: []string{"signed, honestly"},
			want: "its signature is not one of verify.minisign: incomplete encoded signature"},
		{name: "trusted comment that was changed", rules: Rules{Minisign: key}, content: "hello\n",
			signatures: []string{strings.Replace(hashed, "file:f", "file:g", 1)},
			want:       "its signature is not one of verify.minisign: invalid global signature"},
		{name: "signed, and another sum", rules: Rules{SHA256: []string{zeros}, Minisign: key}, content: "hello\n", signatures: []string{hashed},
			want: "its SHA-256 is " + sum + ", which verify.sha256 does not have"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var all [][]byte
			for _, s := range test.signatures {
				all = append(all, []byte(s))
			}
			good, err := test.rules.File(file(t, test.content), all...)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != test.want || string(good) != test.good {
				t.Errorf("good %q, error %q\nwant %q", good, got, test.want)
			}
		})
	}
}

func TestMissingFile(t *testing.T) {
	_, err := Rules{Minisign: key}.File(filepath.Join(t.TempDir(), "none"))
	if err == nil || !strings.HasPrefix(err.Error(), "cannot verify it: ") {
		t.Errorf("error %v", err)
	}
}

func TestKey(t *testing.T) {
	for text, want := range map[string]string{
		key: "", otherKey: "", "": "invalid encoded public key", "RWR": "invalid encoded public key",
		"AA" + key[2:]:                   "a key of an unknown kind",
		"untrusted comment: k\n" + key:   "invalid encoded public key",
		strings.Repeat(key, 2):           "invalid encoded public key",
		"/etc/supervisor/minisign.pub  ": "invalid encoded public key",
	} {
		got := ""
		if err := Key(text); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestSum(t *testing.T) {
	for text, want := range map[string]bool{sum: true, strings.ToUpper(sum): false, sum[2:]: false, "": false, sum + "00": false, "z" + sum[1:]: false} {
		if Sum(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

// No text but one of the two that minisign made lets the content through, whatever is
// changed about the comment that nothing vouches for.
func FuzzSignature(f *testing.F) {
	f.Add(hashed)
	f.Add(legacy)
	f.Add("\n\n\n")
	f.Add(strings.ReplaceAll(hashed, "\n", "\r\n"))
	path := file(f, "another\n")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := (Rules{Minisign: key}).File(path, []byte(text)); err == nil {
			t.Errorf("a signature of other content is good: %q", text)
		}
		if err := Key(text); err == nil && len(text) < 56 {
			t.Errorf("%q is a key", text)
		}
	})
}
