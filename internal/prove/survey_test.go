package prove

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// serving has each connection treated so, until the end of the test.
func serving(t *testing.T, network, address string, serve func(net.Conn)) net.Listener {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer conn.Close()
				serve(conn)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		wg.Wait()
	})
	return l
}

func answering(status int) func(net.Conn) {
	return func(conn net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			fmt.Fprintf(conn, "HTTP/1.1 %d x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status)
		}
	}
}

func echo(conn net.Conn) { io.Copy(conn, conn) }

func TestSurvey(t *testing.T) {
	twice := []load.Load{load.HTTP, load.KeepaliveWatch}
	for name, c := range map[string]struct {
		serve func(net.Conn)
		want  []load.Load
		note  string
	}{
		"http":         {answering(200), twice, ""},
		"no such page": {answering(404), twice, "is answered with status 404, which counts as an answer"},
		"unwell":       {answering(503), twice, "is answered with status 503 before any handoff"},
		"echo":         {echo, []load.Load{load.Line, load.LineHold}, ""},
		"greeting":     {func(conn net.Conn) { io.WriteString(conn, "220 hello\r\n") }, []load.Load{load.Greeted}, ""},
		"silent":       {func(conn net.Conn) { io.Copy(io.Discard, conn) }, []load.Load{load.Connect}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := serving(t, "tcp", "127.0.0.1:0", c.serve)
			at := l.Addr().String()
			ways, notes, err := survey(t.Context(), []control.Socket{{Address: "tcp://" + at, Bound: at}}, []string{"/"})
			if err != nil {
				t.Fatal(err)
			}
			var got []load.Load
			for _, w := range ways {
				got = append(got, w.Load)
				if w.Address != at || (w.Path != "") != (len(c.want) == 2 && c.want[0] == load.HTTP) {
					t.Errorf("a way is %+v", w)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if said := strings.Join(notes, "\n"); (c.note == "") != (said == "") || !strings.Contains(said, c.note) {
				t.Errorf("notes: %s", said)
			}
		})
	}
}

func TestSurveyOfSeveral(t *testing.T) {
	path := filepath.Join(t.TempDir(), "u")
	serving(t, "unix", path, answering(200))
	web := serving(t, "tcp", "127.0.0.1:0", answering(200)).Addr().(*net.TCPAddr).Port
	ways, notes, err := survey(t.Context(), []control.Socket{
		{Address: "unix://" + path, Bound: path},
		{Address: "udp://127.0.0.1:1", Bound: "127.0.0.1:1"},
		{Address: "tcp://:0", Bound: fmt.Sprintf("[::]:%d", web)},
	}, []string{"/a", "/b"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range ways {
		got = append(got, w.String())
	}
	at := fmt.Sprintf("http://127.0.0.1:%d", web)
	want := []string{
		"http on unix:" + path + " /a, a new connection each", "http on unix:" + path + " /a, connections kept alive",
		"http on unix:" + path + " /b, a new connection each", "http on unix:" + path + " /b, connections kept alive",
		at + "/a, a new connection each", at + "/a, connections kept alive", at + "/b, a new connection each", at + "/b, connections kept alive",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if len(notes) != 1 || !strings.HasPrefix(notes[0], "udp://127.0.0.1:1: no load is put on it") {
		t.Errorf("notes: %q", notes)
	}
}

func TestSurveyOfNobody(t *testing.T) {
	const at = "127.0.0.1:1" // tcpmux: the system gives such a port to nobody by itself
	if _, _, err := survey(t.Context(), []control.Socket{{Address: "tcp://" + at, Bound: at}}, []string{"/"}); err == nil || !strings.Contains(err.Error(), "cannot reach it at tcp://"+at) {
		t.Errorf("got %v", err)
	}
}
