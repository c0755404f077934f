package browser

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// In these | is where the script has to be. Without one it must not be there.
var documents = []string{
	"|",
	"  \n|",
	"|hello",
	"|<p>hello",
	"<!doctype html><html><head>|<title>x</title></head><body></body></html>",
	"<!DOCTYPE html>\n<HTML lang=en>\n <HEAD\n>|<TITLE>",
	"<head/>|x",
	"\ufeff<!doctype html><head>|",
	"<!doctype html>|",
	"<!doctype html>|<header>x</header>",
	"<!doctype html><html>|<body class=x><head>",
	"<html>|</head>",
	"|</head>",
	"<!doctype html>|<title>a</title><script>'<head>'</script>",
	"|<script>var s = '<head></head><body>'</script>",
	"<!-- <head> --><head>|<title>",
	"<!--><head>|",
	"<!---><head>|",
	"<!----><head>|",
	"<!-- a --!><head>|",
	"<!-- a --!> |--><!-- b --><head>",
	"<?xml version='1.0'?><!doctype html><html><head>|",
	`<html a="<head>" b='>' c=x"><head d = "e>f" g>|</head>`,
	`<html a"><head>|`,
	`<html a/b="c>d"><head>|`,
	`<html ="x>|y"><head>`,
	`<html a= 'x>y'><head>|`,
	"|<htmlx><head>",
	"|<heading>",
	"|<\x00html><head>",
	"|\u00a0<html>", // no-break space is text
	"<head>|<script><head>",
	// Cut off where nothing can follow.
	"<", "<!", "<!-", "<!--", "<!-- a --", "<!doctype", "<h", "<head", "<head a='>", "<html ",
	"\xef\xbb",
	// Not ASCII.
	"\xff\xfe<\x00h\x00e\x00a\x00d\x00>\x00", "\xfe\xff\x00<\x00h",
}

const tag = "<script>it</script>"

func inject(t *testing.T, from io.Reader) string {
	t.Helper()
	out, err := io.ReadAll(newInjector(io.NopCloser(from), tag))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestInject(t *testing.T) {
	for _, d := range documents {
		in, want := strings.Replace(d, "|", "", 1), strings.Replace(d, "|", tag, 1)
		if got := inject(t, strings.NewReader(in)); got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
		if got := inject(t, iotest.OneByteReader(strings.NewReader(in))); got != want {
			t.Errorf("%q byte by byte\n got %q\nwant %q", in, got, want)
		}
	}
}

// What follows the head is there to be read before there is more.
func TestInjectStreams(t *testing.T) {
	r, w := io.Pipe()
	i := newInjector(r, tag)
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.WriteString(w, "<head>")
		io.WriteString(w, "<title>")
	}()
	for _, want := range []string{"<head>" + tag, "<title>"} {
		got := make([]byte, len(want))
		if _, err := io.ReadFull(i, got); err != nil || string(got) != want {
			t.Fatalf("read %q, %v; want %q", got, err, want)
		}
	}
	<-done
}

// A comment without end is passed on, not kept.
func TestInjectGivesUp(t *testing.T) {
	in := "<!--" + strings.Repeat("-", maxPrologue) + " <head>" + strings.Repeat("x", maxPrologue)
	from := strings.NewReader(in)
	i := newInjector(io.NopCloser(from), tag)
	if n, err := i.Read(make([]byte, 1)); n != 1 || err != nil || from.Len() == 0 {
		t.Errorf("read %d bytes, %v, after all but %d", n, err, from.Len())
	}
	if rest, err := io.ReadAll(i); string(rest) != in[1:] || err != nil {
		t.Errorf("%d bytes became %d, %v", len(in), len(rest)+1, err)
	}
}

func TestInjectPassesErrorsOn(t *testing.T) {
	broken := errors.New("broken")
	for _, in := range []string{"", "<!doctype html>", "<head>", "<head>x"} {
		got, err := io.ReadAll(newInjector(io.NopCloser(io.MultiReader(strings.NewReader(in), iotest.ErrReader(broken))), tag))
		if !errors.Is(err, broken) || strings.Replace(string(got), tag, "", 1) != in {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

// chunks reads as many bytes at a time as pattern says, in turn.
type chunks struct {
	text, pattern string
	turn          int
}

func (c *chunks) Read(p []byte) (int, error) {
	n := min(len(p), len(c.text), 1+int(c.pattern[c.turn%len(c.pattern)]))
	c.turn++
	n = copy(p, c.text[:n])
	c.text = c.text[n:]
	if c.text == "" {
		return n, io.EOF
	}
	return n, nil
}

func FuzzInject(f *testing.F) {
	for _, d := range documents {
		f.Add(strings.Replace(d, "|", "", 1), "\x00\x03")
	}
	f.Fuzz(func(t *testing.T, in, pattern string) {
		if pattern == "" || strings.Contains(in, tag) {
			return
		}
		whole := inject(t, strings.NewReader(in))
		if strings.Replace(whole, tag, "", 1) != in {
			t.Fatalf("%q became %q", in, whole)
		}
		if parts := inject(t, &chunks{text: in, pattern: pattern}); parts != whole {
			t.Fatalf("%q in parts became %q, as a whole %q", in, parts, whole)
		}
	})
}
