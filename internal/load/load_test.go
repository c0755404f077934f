package load

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func run(t *testing.T, c Config) Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	r, err := Run(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		t.Fatalf("the load did not end by itself: %v", r)
	}
	return r
}

// goodServers has one server for each load, and its address.
func goodServers(t *testing.T) map[Load]string {
	mux := http.NewServeMux()
	mux.HandleFunc("/", good)
	mux.HandleFunc("/ws", goodWebsocket)
	l := listen(t)
	httpServer(t, l, mux)
	u := unixListener(t)
	httpServer(t, u, mux)
	web, tcp := l.Addr().String(), tcpServer(t, goodEcho)
	udp := udpServer(t, func(s string) string { return "v1 " + s })
	greets := tcpServer(t, func(conn net.Conn) { io.WriteString(conn, "hello\n") })
	return map[Load]string{
		HTTP: web, Keepalive: web, KeepaliveWatch: web, H2C: web, Slow: web, Websocket: web,
		TCP: tcp, TCPHold: tcp, UDP: udp, Unix: u.Addr().String(),
		Connect: tcp, Greeted: greets, Line: tcp, LineHold: tcp,
	}
}

func TestAGoodServiceLosesNothing(t *testing.T) {
	servers := goodServers(t)
	if len(servers) != len(loads) {
		t.Fatalf("%d loads are tested of %d", len(servers), len(loads))
	}
	for kind, addr := range servers {
		t.Run(string(kind), func(t *testing.T) {
			r := run(t, Config{Load: kind, Address: addr, Workers: 3, Max: 60})
			if r.Requests != 60 || r.Failed() != 0 || r.Ended != 0 {
				t.Errorf("want 60 requests without failure: %v", r)
			}
			if anonymous := kind == Connect || kind == Greeted || kind == Line || kind == LineHold; anonymous {
				return
			}
			if len(r.Versions) != 1 || r.Versions[0].Name != "v1" || r.Versions[0].Count != 60 {
				t.Errorf("want 60 answers of v1, got %v", r.Versions)
			}
			if r.Worst <= 0 || r.Latency.Quantile(0.5) <= 0 {
				t.Errorf("no latencies: %v", r)
			}
		})
	}
}

func TestTheEndOfTheContextCutsNoRequest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var open atomic.Int32
	l := listen(t)
	httpServer(t, l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if open.Add(1) == 4 { // every worker waits for its answer
			cancel()
		}
		<-ctx.Done()
		good(w, r)
	}))
	for _, kind := range []Load{HTTP, Keepalive, H2C} {
		r, err := Run(ctx, Config{Load: kind, Address: l.Addr().String(), Workers: 4})
		if err != nil {
			t.Fatal(err)
		}
		if r.Requests != 4 || r.Failed() != 0 {
			t.Errorf("%s: want 4 requests, all answered: %v", kind, r)
		}
		open.Store(0)
		ctx, cancel = context.WithCancel(t.Context())
	}
	cancel()
}

func TestARateIsKept(t *testing.T) {
	l := listen(t)
	httpServer(t, l, http.HandlerFunc(good))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	// At one request an hour the second one never comes.
	r, err := Run(ctx, Config{Load: HTTP, Address: l.Addr().String(), Rate: 1.0 / 3600, Seen: func(string) { cancel() }})
	if err != nil {
		t.Fatal(err)
	}
	if r.Requests != 1 {
		t.Errorf("want 1 request: %v", r)
	}
}

func TestVersionsAreSeenInOrder(t *testing.T) {
	var n atomic.Int64
	addr := udpServer(t, func(s string) string {
		if n.Add(1) <= 5 {
			return "old " + s
		}
		return "new " + s
	})
	var seen []string
	r := run(t, Config{Load: UDP, Address: addr, Max: 12, Seen: func(v string) { seen = append(seen, v) }})
	if got := strings.Join(seen, " "); got != "old new" {
		t.Errorf("seen %q, want old, then new", got)
	}
	if len(r.Versions) != 2 {
		t.Fatalf("want 2 versions, got %v", r.Versions)
	}
	before, after := r.Versions[0], r.Versions[1]
	if before.Name != "old" || before.Count != 5 || after.Name != "new" || after.Count != 7 {
		t.Errorf("want 5 of old, then 7 of new, got %v", r.Versions)
	}
	if !before.Last.After(before.First) {
		t.Errorf("the first of 5 answers came at %v, the last request began at %v", before.First, before.Last)
	}
	if after.First.Before(before.Last) {
		t.Errorf("new answered at %v, before the last request to old began at %v", after.First, before.Last)
	}
}

func TestABadConfigIsRefused(t *testing.T) {
	for _, test := range []struct {
		c    Config
		want string
	}{
		{Config{Load: "ftp", Address: "127.0.0.1:1"}, "unknown load"},
		{Config{Load: HTTP, Address: "192.0.2.1:80", Timeout: time.Millisecond}, "no address of this machine"},
		{Config{Load: HTTP, Address: "example.com:80", Timeout: time.Millisecond}, "no address of this machine"},
		{Config{Load: UDP, Address: ":80"}, "no address of this machine"},
		{Config{Load: TCP, Address: "127.0.0.1"}, "missing port"},
		{Config{Load: HTTP, Address: "127.0.0.1:1", Workers: -1}, "must not be negative"},
		{Config{Load: HTTP, Address: "127.0.0.1:1", Path: "index"}, "must begin with a slash"},
		{Config{Load: HTTP, Address: "127.0.0.1:1", Path: "/a\r\nX: y"}, "must begin with a slash"},
	} {
		test.c.Max = 1
		_, err := Run(t.Context(), test.c)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: got error %v, want %q", test.c, err, test.want)
		}
	}
}

func TestAPathWithASpaceIsEscaped(t *testing.T) {
	if got, err := requestPath("/a b?c=d"); got != "/a%20b?c=d" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}
