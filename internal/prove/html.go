package prove

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed report.html
var page string

// shown is what the page is made from.
type shown struct {
	*Report
	Drawing        drawing
	Latencies      []placed
	Ready, Drained string
	ReadyBy        string
}

// WriteHTML writes the report as a page that needs nothing beside it.
func (r *Report) WriteHTML(w io.Writer) error {
	t, err := template.New("report").Funcs(template.FuncMap{
		"grouped": grouped, "short": short, "where": Failure.where,
		"sentence": func(h Handoff) string { return h.sentence(r.Asked) },
	}).Parse(page)
	if err != nil {
		return err
	}
	ready, drained := r.spreads()
	return t.Execute(w, shown{r, r.picture.drawing(r.Handoffs), r.latencies(), ready, drained, r.readyBy()})
}
