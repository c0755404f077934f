package browser

import (
	"fmt"
	"html"
	"net/http"
	"strings"
)

// down answers in the place of the service: with a page that shows what is wrong
// and is reloaded once it is mended, or with plain text.
func (v *visit) down(w http.ResponseWriter, status int, why string) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	text := strings.TrimSpace(why + "\n\n" + describe(v.p.state.Load().failures))
	if !v.page {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprintln(w, text)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, `<!doctype html>
<html lang="en">
<head>%s
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>%s</title>
<style>body { margin: 3rem; font: 1rem/1.5 system-ui, sans-serif } pre { white-space: pre-wrap }</style>
</head>
<body>
<h1>%s</h1>
<pre>%s</pre>
<p>This page reloads when a version serves.</p>
</body>
</html>
`, scriptTag(v.at, ""), http.StatusText(status), http.StatusText(status), html.EscapeString(text))
}

// describe is the failures as text.
func describe(failures []Failure) string {
	var b strings.Builder
	for _, f := range failures {
		fmt.Fprintf(&b, "%s: %s\n", f.Service, f.Title)
		for _, problem := range f.Problems {
			b.WriteString(problem.String() + "\n")
		}
		if f.Text != "" {
			b.WriteString(strings.TrimRight(f.Text, "\n") + "\n")
		}
	}
	return b.String()
}

// String is the problem as compilers print it.
func (p Problem) String() string {
	if p.Column == 0 {
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}
