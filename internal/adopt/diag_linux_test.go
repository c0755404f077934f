package adopt

import (
	"net"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// What the table of sockets says of a connection is what the connection says of itself.
func TestDiagInfo(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if _, err := client.Write(make([]byte, 123)); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Read(make([]byte, 200)); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Write(make([]byte, 4567)); err != nil {
		t.Fatal(err)
	}
	all, err := sockets(uint16(l.Addr().(*net.TCPAddr).Port), established)
	if err != nil {
		t.Skip(err)
	}
	i := slices.IndexFunc(all, func(s diagSocket) bool { return s.peer.String() == client.LocalAddr().String() })
	if i < 0 {
		t.Fatalf("the connection is not among %v", all)
	}
	raw, err := server.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var want *unix.TCPInfo
	raw.Control(func(fd uintptr) { want, err = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO) })
	if err != nil {
		t.Fatal(err)
	}
	got := all[i].info
	if got.Bytes_received != 123 || got.Bytes_sent != 4567 || got.Rcv_mss != want.Rcv_mss || got.Snd_mss != want.Snd_mss {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	// They were spoken on just now, however slow the machine is.
	if got.Last_data_recv > 60_000 || got.Last_data_sent > 60_000 {
		t.Errorf("spoken last %d and %d ms ago", got.Last_data_recv, got.Last_data_sent)
	}
}
