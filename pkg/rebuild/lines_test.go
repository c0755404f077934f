package rebuild

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestLines(t *testing.T) {
	long := strings.Repeat("x", longestLine)
	tests := []struct {
		name        string
		write, want []string
	}{
		{"whole", []string{"a\n", "b\n"}, []string{"a\n", "b\n"}},
		{"many in one", []string{"a\nb\n\nc"}, []string{"a\n", "b\n", "\n", "c\n"}},
		{"in parts", []string{"a", "", "b", "c\nd"}, []string{"abc\n", "d\n"}},
		{"too long", []string{"y" + long + "z\n"}, []string{"y" + long[1:] + "\n", "xz\n"}},
		{"nothing", nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			to := newSink()
			l := lines{to: to}
			for _, part := range test.write {
				if n, err := l.Write([]byte(part)); n != len(part) || err != nil {
					t.Errorf("write: %d, %v", n, err)
				}
			}
			l.flush()
			close(to)
			var got []string
			for line := range to {
				got = append(got, line)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("lines %.100q, want %.100q", got, test.want)
			}
		})
	}
}

type badSink struct{}

func (badSink) Write([]byte) (int, error) { return 0, errors.New("no") }

func TestLinesIgnoreErrors(t *testing.T) {
	if n, err := (&lines{to: badSink{}}).Write([]byte("a\nb\n")); n != 4 || err != nil {
		t.Errorf("write: %d, %v", n, err)
	}
}

func TestTail(t *testing.T) {
	var got tail
	var all bytes.Buffer
	for i := range 50_000 {
		p := bytes.Repeat([]byte{byte(i)}, i%11)
		if i%10_000 == 9_999 {
			p = bytes.Repeat([]byte{byte(i)}, 3*tailSize+i)
		}
		got.Write(p)
		all.Write(p)
		if len(got.kept) > 3*tailSize {
			t.Fatalf("it holds %d bytes", len(got.kept))
		}
	}
	want := all.Bytes()[all.Len()-tailSize:]
	if !bytes.Equal(got.bytes(), want) {
		t.Error("these are not the last bytes")
	}
}

func TestLastLine(t *testing.T) {
	for output, want := range map[string]string{
		"":                        "",
		"a\nb\n":                  "b",
		"a\n  b  \n\n \n":         "b",
		strings.Repeat("ö", 101):  strings.Repeat("ö", 100) + "…",
		strings.Repeat("xö", 100): strings.Repeat("xö", 66) + "x…",
	} {
		if got := lastLine([]byte(output)); got != want {
			t.Errorf("%q gives %q", output, got)
		}
	}
}
