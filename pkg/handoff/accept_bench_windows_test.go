package handoff

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/windows"

	sockets "github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// benchEnv makes the test binary the service of BenchmarkAccept.
const benchEnv = "HANDOFF_TEST_ACCEPTER"

// playAccepter answers each connection with what it got, either on a listener that it
// accepts on, or on connections that come over a pipe, here its standard input.
func playAccepter(design string) int {
	in := bufio.NewReaderSize(os.Stdin, 64<<10)
	info := make([]byte, sockets.InfoSize)
	if design == "pass" {
		fmt.Println("ready")
		for {
			if _, err := io.ReadFull(in, info); err != nil {
				return 0
			}
			h, err := sockets.Take(info)
			if err != nil {
				panic(err)
			}
			os.Stdout.Write([]byte{'k'}) // the supervisor may close its own
			c, err := connected(windows.Handle(h))
			if err != nil {
				panic(err)
			}
			go echoOne(c)
		}
	}
	fmt.Println(os.Getpid())
	if _, err := io.ReadFull(in, info); err != nil {
		return 1
	}
	h, err := sockets.Take(info)
	if err != nil {
		panic(err)
	}
	one, err := examine(h, "")
	if err != nil {
		panic(err)
	}
	l, err := one.listener()
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go echoOne(c)
		}
	}()
	fmt.Println("ready")
	io.Copy(io.Discard, in)
	return 0
}

func echoOne(c net.Conn) {
	defer c.Close()
	var b [1]byte
	if _, err := io.ReadFull(c, b[:]); err == nil {
		c.Write(b[:])
	}
}

// BenchmarkAccept measures what a new connection costs, with one byte there and back:
// "turn": the service accepts on a duplicate of the listening socket; "pass": the
// supervisor accepts and passes each connection on; "alone": a service of package net
// without a supervisor.
func BenchmarkAccept(b *testing.B) {
	for _, design := range []string{"alone", "turn", "pass"} {
		for _, clients := range []int{1, 16} {
			b.Run(fmt.Sprintf("%s/%d", design, clients), func(b *testing.B) {
				at, end := serveBy(b, design)
				defer end()
				var left atomic.Int64
				left.Store(int64(b.N))
				done := make(chan error, clients)
				b.ResetTimer()
				for range clients {
					go func() {
						for left.Add(-1) >= 0 {
							if err := askOne(at); err != nil {
								done <- err
								return
							}
						}
						done <- nil
					}()
				}
				for range clients {
					if err := <-done; err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func askOne(at string) error {
	c, err := net.Dial("tcp", at)
	if err != nil {
		return err
	}
	defer c.Close()
	b := [1]byte{'x'}
	if _, err := c.Write(b[:]); err != nil {
		return err
	}
	_, err = io.ReadFull(c, b[:])
	return err
}

func serveBy(b *testing.B, design string) (at string, end func()) {
	if design == "alone" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go echoOne(c)
			}
		}()
		return l.Addr().String(), func() { l.Close() }
	}
	s, err := sockets.Open(b.Context(), sockets.Address{Network: "tcp", Addr: "127.0.0.1:0"})
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), benchEnv+"="+design)
	cmd.Stderr = os.Stderr
	to, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	from, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewReader(from)
	stop := func() {}
	if design == "turn" {
		var pid int
		if _, err := fmt.Fscanln(lines, &pid); err != nil {
			b.Fatal(err)
		}
		info, err := sockets.Duplicate(s.FD(), pid)
		if err != nil {
			b.Fatal(err)
		}
		to.Write(info)
		lines.ReadString('\n')
	} else {
		lines.ReadString('\n')
		stop = passOn(b, s, cmd.Process.Pid, to, lines)
	}
	return s.Bound(), func() {
		stop()
		to.Close()
		cmd.Wait()
		s.Close()
	}
}

// passOn is the other design's supervisor. It keeps a connection until the service has
// it.
func passOn(b *testing.B, s *sockets.Socket, pid int, to io.Writer, from io.Reader) (stop func()) {
	shared, err := share(s.FD())
	if err != nil {
		b.Fatal(err)
	}
	waiting := make(chan windows.Handle, 1<<16)
	go func() {
		var k [1]byte
		for h := range waiting {
			if _, err := io.ReadFull(from, k[:]); err != nil {
				return
			}
			windows.Closesocket(h)
		}
	}()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer close(waiting)
		for {
			var c windows.Handle
			if err := shared.do(noDeadline, func() error {
				h, _, err := procAccept.Call(uintptr(shared.socket), 0, 0)
				c = windows.Handle(h)
				return errno(h, err)
			}); err != nil {
				return
			}
			info, err := sockets.Duplicate(int(c), pid)
			if err != nil {
				return
			}
			if _, err := to.Write(info); err != nil {
				return
			}
			waiting <- c
		}
	}()
	return func() { shared.close(); <-ended }
}
