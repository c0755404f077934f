package load

import (
	"net/http"
	"testing"

	"github.com/coder/websocket"
)

// wsServer echoes three messages on each websocket and then ends it.
func wsServer(t *testing.T, end func(*websocket.Conn)) string {
	l := listen(t)
	httpServer(t, l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		for range 3 {
			kind, msg, err := conn.Read(r.Context())
			if err != nil {
				return
			}
			conn.Write(r.Context(), kind, append([]byte("v1 "), msg...))
		}
		end(conn)
	}))
	return l.Addr().String()
}

func TestAWebsocketMayBeClosed(t *testing.T) {
	for _, status := range []websocket.StatusCode{websocket.StatusGoingAway, websocket.StatusNormalClosure} {
		addr := wsServer(t, func(c *websocket.Conn) { c.Close(status, "") })
		r := run(t, Config{Load: Websocket, Address: addr, Max: 12})
		if r.Requests != 12 || r.Failed() != 0 || r.Ended != 3 {
			t.Errorf("%v: want 12 requests, no failure, 3 ends: %v", status, r)
		}
	}
}

func TestAWebsocketMustNotBreak(t *testing.T) {
	addr := wsServer(t, func(c *websocket.Conn) { c.CloseNow() })
	r := run(t, Config{Load: Websocket, Address: addr, Max: 12})
	if r.Failed() != 3 || r.Failures[EOF]+r.Failures[Reset] != 3 || r.Ended != 0 {
		t.Errorf("want 3 of kind eof or reset, and no end: %v", r)
	}
	addr = wsServer(t, func(c *websocket.Conn) { c.Close(websocket.StatusInternalError, "") })
	if r = run(t, Config{Load: Websocket, Address: addr, Max: 12}); r.Failed() != 3 {
		t.Errorf("want 3 failures: %v", r)
	}
}

func TestAWebsocketThatIsAlwaysClosedIsALoss(t *testing.T) {
	l := listen(t)
	httpServer(t, l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if conn, err := websocket.Accept(w, r, nil); err == nil {
			conn.Close(websocket.StatusGoingAway, "")
		}
	}))
	r := run(t, Config{Load: Websocket, Address: l.Addr().String(), Max: 2})
	wantOnly(t, r, Other, 2)
	if r.Ended != 2*(maxTries-1) {
		t.Errorf("want %d ends: %v", 2*(maxTries-1), r)
	}
}

func TestAWebsocketHandshakeCanFail(t *testing.T) {
	l := listen(t)
	httpServer(t, l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "draining", http.StatusServiceUnavailable)
	}))
	wantOnly(t, run(t, Config{Load: Websocket, Address: l.Addr().String(), Max: 2}), Status5xx, 2)
}
