//go:build real

package real

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// Servers of other languages that know nothing of us, and end at once on SIGTERM.
// PORT stands for the port that they are to bind.
var servers = map[string][]string{
	"python http.server": {"python3", "-m", "http.server", "--bind", "127.0.0.1", "PORT"},
	"python on all":      {"python3", "-m", "http.server", "PORT"},
	"python asyncio": {"python3", "-c", `
import asyncio
async def serve(r, w):
    await r.readuntil(b"\r\n\r\n")
    w.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    await w.drain()
    w.close()
async def main():
    await (await asyncio.start_server(serve, "127.0.0.1", PORT)).serve_forever()
asyncio.run(main())`},
	"node": {"node", "-e", `require("http").createServer((q, a) => a.end("ok")).listen(PORT)`},
}

// TestServers hands each off twenty times under new connections, and none is lost.
func TestServers(t *testing.T) {
	for name, command := range servers {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath(command[0]); err != nil {
				t.Fatal(err)
			}
			r, addr := newRunning(t), free(t)
			_, port, _ := net.SplitHostPort(addr)
			r.write("supervisor.toml", fmt.Sprintf("[services.web]\ncommand = %s\n", tomlCommand(command, port)))
			r.start(program("supervisor"), "run")
			awaitListener(t, addr)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			report := make(chan load.Report, 1)
			go func() {
				got, err := load.Run(ctx, load.Config{Load: load.HTTP, Address: addr, Workers: 4, Rate: 200})
				if err != nil {
					t.Error(err)
				}
				report <- got
			}()
			for range 20 {
				r.reloads(0, "promoted")
			}
			stop()
			got := <-report
			t.Log(got)
			if got.Requests == 0 || got.Failed() != 0 {
				t.Errorf("want no loss: %v", got)
			}
			r.stops()
		})
	}
}

func tomlCommand(words []string, port string) string {
	text := "["
	for _, w := range words {
		text += fmt.Sprintf("%q, ", strings.ReplaceAll(w, "PORT", port))
	}
	return text + "]"
}

func awaitListener(t *testing.T, addr string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}
