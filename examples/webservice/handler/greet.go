// Package handler has the service's JSON handlers.
package handler

import (
	"encoding/json"
	"net/http"
)

type greeting struct {
	Name string `json:"name"`
}

type answer struct {
	Message string `json:"message"`
}

// maxBody bounds what a client can make the service hold in memory.
const maxBody = 1 << 20

// Greet answers {"name":"Ada"} with {"message":"Hello, Ada"}.
func Greet(w http.ResponseWriter, r *http.Request) {
	var g greeting
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&g); err != nil {
		reply(w, http.StatusBadRequest, answer{"cannot read the greeting: " + err.Error()})
		return
	}
	if g.Name == "" {
		reply(w, http.StatusBadRequest, answer{"cannot greet: name is missing"})
		return
	}
	reply(w, http.StatusOK, answer{"Hello, " + g.Name})
}

func reply(w http.ResponseWriter, status int, a answer) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(a) // it fails only if the client has gone
}
