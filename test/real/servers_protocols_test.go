//go:build real

package real

// protocols are servers that take inherited sockets over, each in its own way.
var protocols = []server{
	{name: "nginx", language: "C", part: true, inherits: true, program: "nginx",
		config: `command = ["nginx", "-p", ".", "-c", "nginx.conf", "-e", "stderr"]`,
		files:  map[string]string{"nginx.conf": nginx("ADDR")}},
	{name: "gunicorn", language: "Python", part: true, inherits: true, program: "gunicorn", says: "notify",
		config: `command = ["gunicorn", "--workers", "2", "app:app"]
handoff.by = "gunicorn"`,
		files: map[string]string{"app.py": wsgi}},
	{name: "net/http, tableflip", language: "Go", part: true, inherits: true, program: "tableflip", says: "notify",
		config: `command = ["BIN/tableflip", "ADDR"]
handoff.by = "tableflip"`},
	{name: "Starlet, Server::Starter", language: "Perl", part: true, inherits: true, program: "plackup",
		config: `command = ["plackup", "-s", "Starlet", "-E", "deployment", "--max-workers", "2", "app.psgi"]
handoff.by = "server-starter"`,
		files: map[string]string{"app.psgi": `sub { [200, ["Content-Length" => 2], ["ok"]] };`}},
	{name: "haproxy", language: "C", part: true, inherits: true, program: "haproxy", says: "notify",
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
	{name: "uvicorn", language: "Python", part: true, inherits: true, program: "uvicorn", resets: "when it stops, it breaks connections on which no request has come yet. Adopted, it does not.",
		config: `command = ["uvicorn", "--lifespan", "off", "--log-level", "warning", "--fd", '{{fd "http"}}', "app:app"]
handoff.by = "uvicorn"`,
		files: map[string]string{"app.py": asgi}},
	{name: "http.server, einhorn", language: "Python", part: true, inherits: true, program: "/usr/bin/python3", says: "notify",
		config: `command = ["/usr/bin/python3", "server.py"]
handoff.by = "einhorn"`,
		files: map[string]string{"server.py": threads(`
assert int(os.environ["EINHORN_MASTER_PID"]) == os.getppid() and os.environ["EINHORN_FD_COUNT"] == "1"
fd = int(os.environ["EINHORN_FD_0"])
`, `
c = socket.socket(socket.AF_UNIX)
c.connect(os.environ["EINHORN_SOCK_PATH"])
c.sendall(b"---%%0Acommand: worker:ack%%0Apid: %d%%0A\n" % os.getpid())
c.close()
`, "SIGUSR2")}},
	{name: "puma", language: "Ruby", part: true, inherits: true, program: "puma", after: "1s",
		config: `command = ["puma", "-e", "production", "-b", "tcp://ADDR", "config.ru"]
handoff.by = "puma"`,
		files: map[string]string{"config.ru": `run ->(env) { [200, {"content-length" => "2"}, ["ok"]] }`}},
	{name: "unicorn", language: "Ruby", part: true, inherits: true, program: "unicorn",
		config: `command = ["unicorn", "-E", "none", "-l", "ADDR", "config.ru"]`,
		files:  map[string]string{"config.ru": `run ->(env) { [200, {"content-length" => "2"}, ["ok"]] }`}},
	{name: "php-fpm", language: "PHP", part: true, inherits: true, program: "php-fpm8.2",
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
	{name: "http.server, s6", language: "Python", part: true, inherits: true, program: "/usr/bin/python3", says: "notify",
		config: `command = ["/usr/bin/python3", "server.py", '{{fd "http"}}']
handoff.by = "s6"`,
		files: map[string]string{"server.py": threads("fd = int(sys.argv[1])", `
os.write(3, b"\n")
os.close(3)
`, "SIGTERM")}},
	{name: "node http, listening on a descriptor", language: "JavaScript", part: true, inherits: true, program: "node", says: "notify",
		config: `command = ["node", "server.js", '{{fd "http"}}']
handoff.by = "node"`,
		files: map[string]string{"server.js": `
const server = require("http").createServer((q, a) => { a.setHeader("Connection", "close"); a.end("ok") })
server.listen({ fd: +process.argv[2] }, () => process.send("ready"))
// close ends connections on which no request has come yet.
process.on("SIGTERM", () => require("net").Server.prototype.close.call(server, () => process.exit(0)))`}},
	{name: "net/http, overseer", language: "Go", part: true, inherits: true, program: "overseer",
		config: `command = ["BIN/overseer", "ADDR"]
handoff.by = "overseer"`},
	{name: "net/http, facebookgo/grace", language: "Go", part: true, inherits: true, program: "grace",
		config: `command = ["BIN/grace", "ADDR"]
handoff.by = "grace"`},
}

// threads is a server of threads, which takes over the descriptor fd, says that it is ready,
// and finishes what it has begun at a signal.
func threads(before, ready, signal string) string {
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
