//go:build real

package real

import "github.com/seed-27ba25bb/supervisor/internal/load"

// adopted are servers that know nothing of us and bind for themselves. Most end at once
// on SIGTERM.
var adopted = []server{
	{name: "net/http, ListenAndServe", language: "Go", part: true, program: "plain",
		config: `command = ["BIN/plain", "ADDR"]`},
	{name: "net/http, Shutdown", language: "Go", program: "shutdown",
		config: `command = ["BIN/shutdown", "ADDR"]`},
	// Its first word is that of HTTP/2.
	{name: "gRPC, Serve", language: "Go", program: "rpc", load: load.Greeted, held: "none",
		config: `command = ["BIN/rpc", "ADDR"]`},
	{name: "gRPC, GracefulStop", language: "Go", program: "rpc", load: load.Greeted, held: "none",
		config: `command = ["BIN/rpc", "ADDR", "graceful"]`},
	{name: "http.server", language: "Python", part: true, program: "python3",
		config: `command = ["python3", "-m", "http.server", "--bind", "127.0.0.1", "PORT"]`},
	{name: "http.server, on all addresses", language: "Python", program: "python3",
		config: `command = ["python3", "-m", "http.server", "PORT"]`},
	{name: "asyncio", language: "Python", program: "python3",
		config: `command = ["python3", "server.py"]`,
		files: map[string]string{"server.py": `
import asyncio
async def serve(r, w):
    await r.readuntil(b"\r\n\r\n")
    w.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    await w.drain()
    w.close()
async def main():
    await (await asyncio.start_server(serve, "127.0.0.1", PORT)).serve_forever()
asyncio.run(main())`}},
	{name: "gunicorn", language: "Python", program: "gunicorn",
		config: `command = ["gunicorn", "--workers", "2", "-b", "ADDR", "app:app"]
handoff.by = "adopt"`,
		files: map[string]string{"app.py": wsgi}},
	{name: "uvicorn", language: "Python", program: "uvicorn",
		config: `command = ["uvicorn", "--lifespan", "off", "--log-level", "warning", "--port", "PORT", "app:app"]
handoff.by = "adopt"`,
		files: map[string]string{"app.py": asgi}},
	{name: "uWSGI", language: "Python", program: "uwsgi",
		config: `command = ["uwsgi", "--plugin", "python3", "--http-socket", "ADDR", "--master", "--die-on-term", "--processes", "2", "--wsgi-file", "app.py", "--callable", "app", "--disable-logging"]`,
		files:  map[string]string{"app.py": wsgi}},
	{name: "http", language: "JavaScript", part: true, program: "node",
		config: `command = ["node", "server.js"]`,
		files:  map[string]string{"server.js": `require("http").createServer((q, a) => a.end("ok")).listen(PORT, "127.0.0.1")`}},
	{name: "http, close", language: "JavaScript", program: "node",
		config: `command = ["node", "server.js"]`,
		files: map[string]string{"server.js": `
const server = require("http").createServer((q, a) => a.end("ok")).listen(PORT, "127.0.0.1")
process.on("SIGTERM", () => server.close(() => process.exit(0)))`}},
	{name: "com.sun.net.httpserver", language: "Java", part: true, program: "java", build: []string{"javac", "Main.java"},
		config: `command = ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", ".", "Main"]
ready.timeout = "60s"`,
		files: map[string]string{"Main.java": `
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
public class Main {
    public static void main(String[] args) throws Exception {
        HttpServer s = HttpServer.create(new InetSocketAddress("127.0.0.1", PORT), 0);
        s.createContext("/", e -> { e.sendResponseHeaders(200, 2); e.getResponseBody().write("ok".getBytes()); e.close(); });
        s.setExecutor(Executors.newFixedThreadPool(4));
        s.start();
    }
}`}},
	{name: "NIO", language: "Java", program: "java", build: []string{"javac", "Main.java"}, held: "none",
		config: `command = ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", ".", "Main"]
ready.timeout = "60s"`,
		files: map[string]string{"Main.java": `
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.*;
public class Main {
    public static void main(String[] args) throws Exception {
        Selector selector = Selector.open();
        ServerSocketChannel l = ServerSocketChannel.open();
        l.configureBlocking(false);
        l.register(selector, SelectionKey.OP_ACCEPT); // before it is bound
        l.bind(new InetSocketAddress("127.0.0.1", PORT));
        ByteBuffer in = ByteBuffer.allocate(4096);
        while (true) {
            selector.select();
            var keys = selector.selectedKeys().iterator();
            while (keys.hasNext()) {
                SelectionKey k = keys.next();
                keys.remove();
                if (k.isAcceptable()) {
                    SocketChannel c = l.accept();
                    if (c == null) continue;
                    c.configureBlocking(false);
                    c.register(selector, SelectionKey.OP_READ);
                } else {
                    SocketChannel c = (SocketChannel) k.channel();
                    in.clear();
                    if (c.read(in) > 0)
                        c.write(ByteBuffer.wrap("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok".getBytes()));
                    c.close();
                }
            }
        }
    }
}`}},
	{name: "nginx, TERM", language: "C", part: true, program: "nginx",
		config: `command = ["nginx", "-p", ".", "-c", "nginx.conf", "-e", "stderr", "-g", "daemon off;"]
handoff.by = "adopt"
drain.signal = "TERM"`,
		files: map[string]string{"nginx.conf": nginx("ADDR")}},
	{name: "nginx, QUIT", language: "C", program: "nginx",
		config: `command = ["nginx", "-p", ".", "-c", "nginx.conf", "-e", "stderr", "-g", "daemon off;"]
handoff.by = "adopt"
drain.signal = "QUIT"`,
		files: map[string]string{"nginx.conf": nginx("ADDR")}},
	{name: "nginx, reuseport", language: "C", program: "nginx",
		config: `command = ["nginx", "-p", ".", "-c", "nginx.conf", "-e", "stderr", "-g", "daemon off;"]
handoff.by = "adopt"
drain.signal = "TERM"`,
		files: map[string]string{"nginx.conf": nginx("ADDR reuseport")}},
	{name: "haproxy", language: "C", program: "haproxy",
		config: `command = ["haproxy", "-db", "-f", "haproxy.cfg"]
handoff.by = "adopt"`,
		files: map[string]string{"haproxy.cfg": `
defaults
	mode http
	timeout connect 10s
	timeout client 10s
	timeout server 10s
frontend f
	bind ADDR
	http-request return status 200 content-type text/plain string ok
`}},
	{name: "lighttpd", language: "C", program: "lighttpd",
		config: `command = ["lighttpd", "-D", "-f", "lighttpd.conf"]`,
		files: map[string]string{"lighttpd.conf": `
server.document-root = var.CWD
server.bind = "127.0.0.1"
server.port = PORT
index-file.names = ("index.txt")
`, "index.txt": "ok"}},
	// What it holds is not handed over.
	{name: "redis", language: "C", program: "redis-server", load: load.Line, held: load.LineHold,
		config: `command = ["redis-server", "--bind", "127.0.0.1", "--port", "PORT", "--save", ""]`},
	{name: "memcached", language: "C", program: "memcached", load: load.Line, held: load.LineHold,
		config: `command = ["memcached", "-u", "nobody", "-l", "127.0.0.1", "-p", "PORT"]`},
	{name: "TCPServer", language: "Ruby", part: true, program: "ruby", held: "none",
		config: `command = ["ruby", "server.rb"]`,
		files: map[string]string{"server.rb": `
require "socket"
s = TCPServer.new("127.0.0.1", PORT)
loop do
  Thread.new(s.accept) do |c|
    while (line = c.gets) && line != "\r\n"; end
    c.write "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
    c.close
  end
end`}},
	{name: "WEBrick", language: "Ruby", program: "ruby",
		config: `command = ["ruby", "server.rb"]`,
		files: map[string]string{"server.rb": `
require "webrick"
s = WEBrick::HTTPServer.new(BindAddress: "127.0.0.1", Port: PORT, AccessLog: [], Logger: WEBrick::Log.new(File::NULL))
s.mount_proc("/") { |q, a| a.body = "ok" }
trap("TERM") { s.shutdown }
s.start`}},
	{name: "php -S", language: "PHP", part: true, program: "php", held: "none",
		config: `command = ["php", "-S", "ADDR", "index.php"]`,
		files:  map[string]string{"index.php": "ok"}},
	{name: "caddy", language: "Go", program: "caddy",
		config: `command = ["caddy", "run", "--config", "Caddyfile", "--adapter", "caddyfile"]
env = { XDG_CONFIG_HOME = ".", XDG_DATA_HOME = "." }`,
		files: map[string]string{"Caddyfile": `{
	admin off
	auto_https off
}
http://ADDR {
	respond "ok"
}
`}},
	{name: "std::net", language: "Rust", part: true, program: "rustc", build: []string{"rustc", "-O", "server.rs"}, held: "none",
		config: `command = ["./server"]`,
		files: map[string]string{"server.rs": `
use std::io::{Read, Write};
fn main() {
    let l = std::net::TcpListener::bind("127.0.0.1:PORT").unwrap();
    for c in l.incoming() {
        std::thread::spawn(move || {
            let mut c = c.unwrap();
            let mut all = Vec::new();
            let mut some = [0; 1024];
            while !all.ends_with(b"\r\n\r\n") {
                match c.read(&mut some) {
                    Ok(n) if n > 0 => all.extend_from_slice(&some[..n]),
                    _ => return,
                }
            }
            let _ = c.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        });
    }
}`}},
	{name: "IO::Socket", language: "Perl", part: true, program: "perl", held: "none",
		config: `command = ["perl", "server.pl"]`,
		files: map[string]string{"server.pl": `
use IO::Socket::INET;
my $l = IO::Socket::INET->new(LocalAddr => "ADDR", Listen => 128, ReuseAddr => 1) or die $!;
while (1) {
	my $c = $l->accept or next;
	while (my $line = <$c>) { last if $line eq "\r\n" }
	print $c "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
	close $c;
}`}},
}

const (
	wsgi = `
def app(environ, start):
    start("200 OK", [("Content-Length", "2")])
    return [b"ok"]`
	asgi = `
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})`
)

func nginx(listen string) string {
	return `
worker_processes 2;
pid nginx.pid;
events {}
http {
	access_log off;
	server { listen ` + listen + `; location / { return 200 "ok"; } }
}`
}
