package relay

import (
	"io"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// meter is the kernel's: what package net moves by splice(2) never comes by here.
type meter struct{}

func (c *conn) forward() error { return move(c.server, c.client) }
func (c *conn) back() error    { return move(c.client, c.server) }

func move(to, from net.Conn) error {
	_, err := io.Copy(to, from)
	return err
}

// reset reports whether the process has broken the connection off.
func (c *conn) reset() bool {
	info, ok := c.counted.of(c.server)
	return !ok || info.State == stateClosed
}

// stateClosed is TCP_CLOSE in the kernel's include/net/tcp_states.h.
const stateClosed = 7

// talk is as the kernel has it.
func (c *conn) talk() (t talk) {
	t.age = time.Since(c.began)
	t.clientEnded, t.processAnswered = c.said.Load(), c.answered.Load()
	info, ok := c.counted.of(c.server)
	if !ok {
		return t
	}
	t.sent, t.received = info.Bytes_sent-info.Bytes_retrans, info.Bytes_received
	t.sent -= min(c.header, t.sent)
	t.sinceSent = time.Duration(info.Last_data_sent) * time.Millisecond
	t.sinceReceived = time.Duration(info.Last_data_recv) * time.Millisecond
	t.waits = info.Notsent_bytes > 0 || unread(c.client) || unread(c.server)
	return t
}

func (meter) of(c net.Conn) (info *unix.TCPInfo, ok bool) {
	onFD(c, func(fd int) (err error) {
		info, err = unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
		return err
	})
	return info, info != nil
}

// unread reports whether something has arrived that was not passed on yet.
func unread(c net.Conn) bool {
	var n int
	onFD(c, func(fd int) (err error) {
		n, err = unix.IoctlGetInt(fd, unix.SIOCINQ)
		return err
	})
	return n > 0
}

func onFD(c net.Conn, f func(fd int) error) {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return
	}
	if raw, err := sc.SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) { err = f(int(fd)) })
	}
}
