package probe

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const procTCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0000000000000000 20 4 30 10 -1
`

func FuzzParseLine(f *testing.F) {
	for line := range strings.Lines(procTCP) {
		f.Add(line)
	}
	f.Add(" 0: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000001000000:C350 01 0 0 0 0 0 333")
	f.Fuzz(func(t *testing.T, line string) {
		local, remote, _, ok := parseLine(line)
		if ok && !(local.IsValid() && remote.IsValid()) {
			t.Errorf("%q: %v, %v", line, local, remote)
		}
	})
}

func TestFindLine(t *testing.T) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Skip("the table is one of a little-endian machine")
	}
	server, client := netip.MustParseAddrPort("127.0.0.1:8080"), netip.MustParseAddrPort("127.0.0.1:50000")
	got, err := findLine(strings.NewReader(procTCP), server, client)
	if want := (end{stateEstablished, 222}); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	got, err = findLine(strings.NewReader(procTCP), client, server)
	if err != nil || got != (end{}) {
		t.Errorf("the client's end: %+v, %v", got, err)
	}
}

func FuzzParseDiag(f *testing.F) {
	message := func(answer diagAnswer) []byte {
		answer.Header.Type = unix.SOCK_DIAG_BY_FAMILY
		b, _ := binary.Append(nil, binary.NativeEndian, answer)
		return b
	}
	f.Add(message(diagAnswer{State: stateEstablished, Inode: 5}))
	f.Add(message(diagAnswer{State: stateListen, Inode: 5}))
	f.Add(message(diagAnswer{})[:40])
	refused, _ := binary.Append(nil, binary.NativeEndian, unix.NlMsghdr{Type: unix.NLMSG_ERROR})
	f.Add(refused)
	f.Add(append(bytes.Clone(refused), 0xfe, 0xff, 0xff, 0xff))
	f.Fuzz(func(t *testing.T, message []byte) {
		e, err := parseDiag(message)
		if e.state == stateListen || err != nil && e != (end{}) {
			t.Errorf("%x: %+v, %v", message, e, err)
		}
	})
}
