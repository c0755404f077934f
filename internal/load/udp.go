package load

import (
	"net"
	"time"
)

// maxDatagram is more than any answer to a short text needs.
const maxDatagram = 2048

// udpClient sends each datagram once. A failed one takes the socket with it,
// so that its answer cannot come late and be taken for another.
type udpClient struct {
	c    Config
	conn net.Conn
	buf  [maxDatagram]byte
}

func newUDPClient(c Config) client { return &udpClient{c: c} }

func (u *udpClient) ask(id string) (answer, error) {
	start := time.Now()
	version, err := u.echo(id, start.Add(u.c.Timeout))
	if err != nil {
		u.close()
	}
	return answer{version: version, start: start}, err
}

func (u *udpClient) echo(id string, deadline time.Time) (string, error) {
	if err := u.connect(deadline); err != nil {
		return "", err
	}
	if _, err := u.conn.Write([]byte(id)); err != nil {
		return "", err
	}
	n, err := u.conn.Read(u.buf[:])
	if err != nil {
		return "", err
	}
	return echoed(string(u.buf[:n]), id)
}

func (u *udpClient) connect(deadline time.Time) error {
	if u.conn != nil {
		return u.conn.SetDeadline(deadline)
	}
	conn, err := dial(u.c, deadline)
	if err != nil {
		return err
	}
	u.conn = conn
	return nil
}

func (u *udpClient) close() {
	if u.conn != nil {
		u.conn.Close()
		u.conn = nil
	}
}
