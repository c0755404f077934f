package plot

import (
	"html/template"
	"io"
	"strconv"
)

const (
	rowHeight = 26
	textWidth = 190
	barWidth  = 380
)

var drawing = template.Must(template.New("chart").Parse(`<svg xmlns="http://www.w3.org/2000/svg" width="680" height="{{.Height}}" font-family="sans-serif" font-size="13">
<rect width="100%" height="100%" fill="#fff"/>
<text x="8" y="20" font-weight="bold">{{.Title}}</text>
{{range .Rows}}<text x="182" y="{{.Text}}" text-anchor="end">{{.Name}}</text>
<rect x="190" y="{{.Top}}" width="{{.Width}}" height="16" fill="{{.Color}}"/>
<text x="{{.After}}" y="{{.Text}}">{{.Value}}</text>
{{end}}</svg>
`))

type row struct {
	Name, Value, Color      string
	Top, Text, Width, After int
}

// Draw writes a chart as SVG.
func (c Chart) Draw(w io.Writer) error {
	most := 0.0
	for _, b := range c.Bars {
		most = max(most, b.Value)
	}
	var rows []row
	for i, b := range c.Bars {
		top := 34 + i*rowHeight
		width := 1
		if most > 0 {
			width = max(1, int(b.Value/most*barWidth))
		}
		color := "#9aa5b1"
		if b.Ours {
			color = "#1f7a4d"
		}
		rows = append(rows, row{
			Name: b.Name, Value: strconv.FormatFloat(b.Value, 'g', 4, 64) + " " + c.Unit, Color: color,
			Top: top, Text: top + 13, Width: width, After: textWidth + width + 6,
		})
	}
	return drawing.Execute(w, struct {
		Chart
		Rows   []row
		Height int
	}{c, rows, 44 + len(rows)*rowHeight})
}
