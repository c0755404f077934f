package main

import (
	"html/template"
	"log"
	"net/http"
	"os"
	"time"
)

var pageTemplate = template.Must(template.New("page").Parse(`<!doctype html>
<meta charset="utf-8">
<title>webservice</title>
<h1>It is {{.Time}}</h1>
<p>version {{.Version}}, process {{.PID}}</p>
`))

func page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	err := pageTemplate.Execute(w, map[string]any{
		"Time":    time.Now().Format(time.TimeOnly),
		"Version": version,
		"PID":     os.Getpid(),
	})
	if err != nil {
		log.Print("cannot write the page: ", err)
	}
}
