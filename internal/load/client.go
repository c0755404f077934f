package load

import (
	"errors"
	"net"
	"time"
)

// A client makes one request after another for one worker.
type client interface {
	// ask makes one request and waits for its answer, at most the timeout of
	// its Config. After an error the next ask begins on a new connection.
	// errEnded says that nothing was asked.
	ask(id string) (answer, error)
	close()
}

type answer struct {
	version string
	start   time.Time // when the request began, dialling included
}

// errEnded: the server ended a held connection cleanly, and no request was
// lost by it.
var errEnded = errors.New("the server ended the connection between requests")

type loadKind struct {
	network string
	path    string
	client  func(Config) client
}

var loads = map[Load]loadKind{
	HTTP:           {"tcp", "/", newHTTPClient},
	Keepalive:      {"tcp", "/", newKeepaliveClient},
	KeepaliveWatch: {"tcp", "/", newKeepaliveWatchClient},
	H2C:            {"tcp", "/", newH2CClient},
	Slow:           {"tcp", "/slow?d=2s", newHTTPClient},
	Unix:           {"unix", "/", newHTTPClient},
	Websocket:      {"tcp", "/ws", newWebsocketClient},
	TCP:            {"tcp", "", newTCPClient},
	TCPHold:        {"tcp", "", newTCPHoldClient},
	UDP:            {"udp", "", newUDPClient},
	Connect:        {"tcp", "", newConnectClient},
	Greeted:        {"tcp", "", newGreetedClient},
	Line:           {"tcp", "", newLineClient},
	LineHold:       {"tcp", "", newLineHoldClient},
}

// dial connects and leaves the whole request until deadline.
func dial(c Config, deadline time.Time) (net.Conn, error) {
	d := net.Dialer{Deadline: deadline}
	conn, err := d.Dial(c.Network, c.Address)
	if err != nil {
		return nil, err
	}
	return conn, conn.SetDeadline(deadline)
}

// host is what an HTTP client calls the server.
func (c Config) host() string {
	if c.Network == "unix" {
		return "localhost"
	}
	return c.Address
}
