package load

import "testing"

func FuzzEchoed(f *testing.F) {
	f.Add("v1 hello", "hello")
	f.Add("hello", "hello")
	f.Add(" hello", "hello")
	f.Add("v1 a b", "a b")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, got, text string) {
		version, err := echoed(got, text)
		if err != nil {
			return
		}
		if version+" "+text != got {
			t.Errorf("%q was taken for %q of version %q", got, text, version)
		}
	})
}
