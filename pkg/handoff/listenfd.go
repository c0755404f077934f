package handoff

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// What systemfd and the crate listenfd have between them on Windows: a process that
// finds SYSTEMFD_SOCKET_SERVER connects there, says "SECRET|PID", ends its side, and
// gets one WSAPROTOCOL_INFOW after the other until the end. The secret is that of
// SYSTEMFD_SOCKET_SECRET, a UUID, which the crate may write in its own way.

// maxListenfd bounds what is asked.
const maxListenfd = 128

var errListenfd = errors.New("cannot give sockets away by listenfd")

// parseListenfd reads what a process asks and returns its PID.
func parseListenfd(asked []byte, secret string) (pid int, err error) {
	said, number, ok := strings.Cut(string(asked), "|")
	if !ok || len(asked) > maxListenfd {
		return 0, fmt.Errorf("%w: it was not asked as SECRET|PID", errListenfd)
	}
	if subtle.ConstantTimeCompare([]byte(plainUUID(said)), []byte(plainUUID(secret))) != 1 {
		return 0, fmt.Errorf("%w: the secret is wrong", errListenfd)
	}
	n, err := strconv.ParseUint(number, 10, 31)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%w: %.20q is no PID", errListenfd, number)
	}
	return int(n), nil
}

func plainUUID(s string) string { return strings.ToLower(strings.ReplaceAll(s, "-", "")) }

// newUUID is a random one (RFC 9562, version 4).
func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
