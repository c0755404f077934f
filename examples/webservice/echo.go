package main

import (
	"context"
	"log"
	"net/http"

	"github.com/coder/websocket"
)

// echo is a websocket that sends back what it gets. It lives on in the old version when a new one is
// in service, until the drain's time is nearly up: then the request's context ends.
func echo(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		log.Print("cannot open a websocket: ", err)
		return
	}
	defer c.CloseNow()

	// Read and Write do not get the request's context: they would drop the connection when it ends,
	// and the client is to get a close frame that tells it to come again.
	stop := context.AfterFunc(r.Context(), func() {
		c.Close(websocket.StatusGoingAway, "this version is going away")
	})
	defer stop()

	for {
		kind, message, err := c.Read(context.Background())
		if err != nil {
			return
		}
		if err := c.Write(context.Background(), kind, message); err != nil {
			return
		}
	}
}
