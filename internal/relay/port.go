package relay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"
)

// Port is where a process is to listen in place of a socket.
type Port struct {
	Name     string // of the socket
	Variable string // by which the process learns of it
	Number   int
}

// Ports are those of one process, in the order of its sockets.
type Ports struct {
	All   []Port
	Proxy bool // whoever connects begins with a header of the PROXY protocol
}

// Env are the variables.
func (p Ports) Env() (env []string) {
	for _, port := range p.All {
		env = append(env, port.Variable+"="+strconv.Itoa(port.Number))
	}
	return env
}

// Number is the port for a socket; "" stands for the first one. 0: there is none.
func (p Ports) Number(name string) int {
	for i, port := range p.All {
		if port.Name == name || name == "" && i == 0 {
			return port.Number
		}
	}
	return 0
}

// hosts are where a process may listen that was told a port only.
var hosts = []string{"127.0.0.1", "::1"}

// tries is how often a port is chosen that is not free after all.
const tries = 100

// choose finds ports that nobody listens at, on either loopback address. Between the
// choice and the bind of the process somebody else can take one: then the process
// cannot bind, and is not ready.
func choose(wanted []Port, taken map[int]bool) (Ports, error) {
	var ports Ports
	var held []net.Listener
	defer func() {
		for _, l := range held {
			l.Close()
		}
	}()
	for _, port := range wanted {
		n, both, err := free(taken)
		held = append(held, both...)
		if err != nil {
			return Ports{}, fmt.Errorf("cannot find a free port for socket %s: %w", port.Name, err)
		}
		port.Number = n
		ports.All = append(ports.All, port)
	}
	return ports, nil
}

// free returns a port with what holds it, until all are chosen.
func free(taken map[int]bool) (port int, held []net.Listener, err error) {
	for range tries {
		l, err := net.Listen("tcp4", net.JoinHostPort(hosts[0], "0"))
		if err != nil {
			return 0, held, err
		}
		held = append(held, l)
		port = l.Addr().(*net.TCPAddr).Port
		six, err := net.Listen("tcp6", net.JoinHostPort(hosts[1], strconv.Itoa(port)))
		if err == nil {
			held = append(held, six)
		}
		// Without IPv6 nobody listens there.
		if !errors.Is(err, errInUse) && !taken[port] {
			return port, held, nil
		}
	}
	return 0, held, errors.New("all that were tried are taken")
}

const (
	firstLook = 2 * time.Millisecond
	lastLook  = 50 * time.Millisecond
)

// await returns the address at which a process listens, once it does.
func (p Ports) await(ctx context.Context, port Port) (addr string, err error) {
	for wait := firstLook; ; wait = min(2*wait, lastLook) {
		c, err := p.connect(ctx, port)
		if err == nil {
			addr := c.RemoteAddr().String()
			c.Close()
			return addr, nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return "", fmt.Errorf("it does not listen at port %d ($%s): %w", port.Number, port.Variable, context.Cause(ctx))
		}
	}
}

// Dial connects to the port for the first socket, as the supervisor itself.
func (p Ports) Dial(ctx context.Context) (net.Conn, error) { return p.connect(ctx, p.All[0]) }

func (p Ports) connect(ctx context.Context, port Port) (c net.Conn, err error) {
	for _, host := range hosts {
		if c, err = dial(ctx, net.JoinHostPort(host, strconv.Itoa(port.Number))); err == nil {
			break
		}
	}
	if err != nil || !p.Proxy {
		return c, err
	}
	if _, err := c.Write(ourselves()); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// dialTime bounds one attempt: a process whose queue is full does not answer at all.
const dialTime = time.Second

// dialer does without keep-alive: on this machine no end vanishes silently.
var dialer = net.Dialer{Timeout: dialTime, KeepAlive: -1}

func dial(ctx context.Context, addr string) (net.Conn, error) {
	return dialer.DialContext(ctx, "tcp", addr)
}
