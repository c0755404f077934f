package relay

import (
	"net"

	"github.com/pires/go-proxyproto"
)

// version of the PROXY protocol: the binary one, see
// https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt
const version = 2

// headerOf tells who the client is. One that has no address, of a unix socket, is
// introduced as the supervisor itself is.
func headerOf(client net.Conn) []byte {
	if _, tcp := client.RemoteAddr().(*net.TCPAddr); !tcp {
		return ourselves()
	}
	return format(proxyproto.HeaderProxyFromAddrs(version, client.RemoteAddr(), client.LocalAddr()))
}

// ourselves is the header of a connection without a client (LOCAL).
func ourselves() []byte {
	return format(&proxyproto.Header{Version: version, Command: proxyproto.LOCAL, TransportProtocol: proxyproto.UNSPEC})
}

// format cannot fail for what is built here.
func format(h *proxyproto.Header) []byte {
	text, err := h.Format()
	if err != nil {
		panic("relay: " + err.Error())
	}
	return text
}
