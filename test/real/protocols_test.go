//go:build real

package real

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// protocols are servers that take sockets over in their own ways. ADDR and PORT stand
// for where they serve, BIN for the services of ./servers.
var protocols = []struct {
	name, program string
	config        string            // of the service, without listen
	files         map[string]string // that it reads
	says          string            // readiness by which message; empty: none
	more          string            // other services
	resets        bool              // stopping, it breaks connections that it has just accepted
}{
	{name: "nginx", program: "nginx",
		config: `command = ["nginx", "-p", ".", "-c", "nginx.conf", "-e", "stderr"]`,
		files: map[string]string{"nginx.conf": `
worker_processes 2;
pid nginx.pid;
events {}
http {
	access_log off;
	server { listen ADDR; location / { return 200 "ok"; } }
}`}},
	{name: "gunicorn", program: "gunicorn", says: "notify",
		config: `command = ["gunicorn", "--workers", "2", "app:app"]
handoff.by = "gunicorn"`,
		files: map[string]string{"app.py": `
def app(environ, start):
    start("200 OK", [("Content-Length", "2")])
    return [b"ok"]`}},
	{name: "tableflip", program: "tableflip", says: "notify",
		config: `command = ["BIN/tableflip", "ADDR"]
handoff.by = "tableflip"`},
	{name: "Server::Starter", program: "plackup",
		config: `command = ["plackup", "-s", "Starlet", "-E", "deployment", "--max-workers", "2", "app.psgi"]
handoff.by = "server-starter"`,
		files: map[string]string{"app.psgi": `sub { [200, ["Content-Length" => 2], ["ok"]] };`}},
	{name: "haproxy", program: "haproxy", says: "notify",
		config: `command = ["haproxy", "-Ws", "-f", "haproxy.cfg"]
env = { HTTP = '{{fd "http"}}' }`,
		files: map[string]string{"haproxy.cfg": `
defaults
	mode http
	timeout connect 10s
	timeout client 10s
	timeout server 10s
frontend f
	bind "fd@${HTTP}"
	http-request return status 200 content-type text/plain string ok
`}},
	{name: "uvicorn", program: "uvicorn", resets: true,
		config: `command = ["uvicorn", "--lifespan", "off", "--log-level", "warning", "--fd", '{{fd "http"}}', "app:app"]
handoff.by = "uvicorn"`,
		files: map[string]string{"app.py": `
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})`}},
	{name: "einhorn", program: "/usr/bin/python3", says: "notify",
		config: `command = ["/usr/bin/python3", "server.py"]
handoff.by = "einhorn"`,
		files: map[string]string{"server.py": server(`
assert int(os.environ["EINHORN_MASTER_PID"]) == os.getppid() and os.environ["EINHORN_FD_COUNT"] == "1"
fd = int(os.environ["EINHORN_FD_0"])
`, `
c = socket.socket(socket.AF_UNIX)
c.connect(os.environ["EINHORN_SOCK_PATH"])
c.sendall(b"---%%0Acommand: worker:ack%%0Apid: %d%%0A\n" % os.getpid())
c.close()
`, "SIGUSR2")}},
	{name: "puma", program: "puma",
		config: `command = ["puma", "-e", "production", "-b", "tcp://ADDR", "config.ru"]
handoff.by = "puma"`,
		files: map[string]string{"config.ru": `run ->(env) { [200, {"content-length" => "2"}, ["ok"]] }`}},
	{name: "unicorn", program: "unicorn",
		config: `command = ["unicorn", "-E", "none", "-l", "ADDR", "config.ru"]`,
		files:  map[string]string{"config.ru": `run ->(env) { [200, {"content-length" => "2"}, ["ok"]] }`}},
	{name: "php-fpm", program: "php-fpm8.2",
		config: `command = ["php-fpm8.2", "-F", "-y", "fpm.conf"]`,
		files: map[string]string{"fpm.conf": `
[global]
error_log = /dev/stderr
process_control_timeout = 10s
[www]
user = www-data
listen = ADDR
pm = static
pm.max_children = 2
ping.path = /ping
`, "nginx.conf": `
pid nginx.pid;
events {}
http {
	access_log off;
	server {
		listen FRONT;
		location / {
			fastcgi_param REQUEST_METHOD GET;
			fastcgi_param SCRIPT_NAME /ping;
			fastcgi_param SCRIPT_FILENAME /ping;
			fastcgi_pass ADDR;
		}
	}
}`},
		more: `
[services.front]
listen = ["front=tcp://FRONT"]
command = ["nginx", "-p", ".", "-c", "nginx.conf", "-e", "stderr"]
`},
	{name: "s6", program: "/usr/bin/python3", says: "notify",
		config: `command = ["/usr/bin/python3", "server.py", '{{fd "http"}}']
handoff.by = "s6"`,
		files: map[string]string{"server.py": server("fd = int(sys.argv[1])", `
os.write(3, b"\n")
os.close(3)
`, "SIGTERM")}},
	{name: "node", program: "node", says: "notify",
		config: `command = ["node", "server.js", '{{fd "http"}}']
handoff.by = "node"`,
		files: map[string]string{"server.js": `
const server = require("http").createServer((q, a) => { a.setHeader("Connection", "close"); a.end("ok") })
server.listen({ fd: +process.argv[2] }, () => process.send("ready"))
// close ends connections on which no request has come yet.
process.on("SIGTERM", () => require("net").Server.prototype.close.call(server, () => process.exit(0)))`}},
	{name: "overseer", program: "overseer",
		config: `command = ["BIN/overseer", "ADDR"]
handoff.by = "overseer"`},
	{name: "grace", program: "grace",
		config: `command = ["BIN/grace", "ADDR"]
handoff.by = "grace"`},
}

// server is one of threads, which takes over the descriptor fd, says that it is ready,
// and finishes what it has begun at a signal.
func server(before, ready, signal string) string {
	return `
import os, signal, socket, socketserver, sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
` + before + `
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
    def log_message(self, *args):
        pass
class Server(socketserver.ThreadingMixIn, HTTPServer):
    pass
s = Server(("127.0.0.1", 0), Handler, bind_and_activate=False)
s.socket.close()
s.socket = socket.socket(fileno=fd)
signal.signal(signal.` + signal + `, lambda *_: threading.Thread(target=s.shutdown).start())
` + ready + `
s.serve_forever(0.05)
s.server_close()
`
}

// TestProtocols hands each off ten times under new connections, and none is lost but
// by a server's own fault, which docs/protocols.md names.
func TestProtocols(t *testing.T) {
	build := exec.Command("go", "build", "-o", bin, "./...")
	build.Dir = "servers"
	build.Env = append(build.Environ(), "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("cannot build the services: %v\n%s", err, out)
	}
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			if _, err := exec.LookPath(p.program); err != nil {
				if _, err := exec.LookPath(program(p.program)); err != nil {
					t.Fatal(err)
				}
			}
			r, addr, front := newRunning(t), free(t), ""
			_, port, _ := net.SplitHostPort(addr)
			at := addr
			if p.more != "" {
				front = free(t)
				at = front
			}
			fill := strings.NewReplacer("ADDR", addr, "PORT", port, "FRONT", front, "BIN", bin)
			for name, text := range p.files {
				r.write(name, fill.Replace(text))
			}
			r.write("supervisor.toml", fill.Replace(fmt.Sprintf("[services.web]\nlisten = [\"http=tcp://ADDR\"]\nready.after = \"300ms\"\n%s\n%s", p.config, p.more)))
			r.start(program("supervisor"), "run")
			awaitListener(t, at)
			if _, err := get("http://" + at + "/"); err != nil { // the first generation serves
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			report := make(chan load.Report, 1)
			go func() {
				got, err := load.Run(ctx, load.Config{Load: load.HTTP, Address: at, Workers: 4, Rate: 200})
				if err != nil {
					t.Error(err)
				}
				report <- got
			}()
			for range 10 {
				if got, code := r.verb("reload", "web"); code != 0 || !strings.Contains(got, "promoted") {
					t.Errorf("exit code %d: %s", code, got)
				}
			}
			stop()
			got := <-report
			t.Log(got)
			lost := got.Failed()
			if p.resets {
				lost -= got.Failures[load.Reset] + got.Failures[load.EOF]
			}
			if got.Requests == 0 || lost != 0 {
				t.Errorf("want no loss: %v", got)
			}
			if by := "(" + p.says + ")"; p.says != "" {
				r.await(by)
			}
			r.stops()
		})
	}
}
