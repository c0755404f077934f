package proc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// order is what a launcher is told. Its descriptors travel beside it: standard
// input, output and error, then those to be placed from 3 up.
type order struct {
	Path   string
	Args   []string
	Dir    string
	Env    []string
	PIDEnv []string
	Trap   bool
	Group  int // process group to join; 0: one of its own
}

// A message holds the length of what follows in four bytes, then that much gob,
// which unlike JSON leaves strings alone that are not UTF-8.
const (
	orderHeader = 4
	maxOrder    = 16 << 20 // far above what execve takes
	maxFDs      = 250      // SCM_RIGHTS carries 253
)

var errOrderTooLarge = errors.New("arguments and environment are too large")

func frame(body []byte) ([]byte, error) {
	if len(body) > maxOrder {
		return nil, errOrderTooLarge
	}
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...), nil
}

// unframe reads one message of which head was read already.
func unframe(head []byte, rest io.Reader) ([]byte, error) {
	if len(head) < orderHeader {
		more := make([]byte, orderHeader-len(head))
		if _, err := io.ReadFull(rest, more); err != nil {
			return nil, err
		}
		head = append(head, more...)
	}
	n := binary.BigEndian.Uint32(head)
	if n > maxOrder {
		return nil, errOrderTooLarge
	}
	if uint32(len(head)-orderHeader) > n {
		return nil, fmt.Errorf("%d bytes after the order", len(head)-orderHeader-int(n))
	}
	body := make([]byte, n)
	_, err := io.ReadFull(rest, body[copy(body, head[orderHeader:]):])
	return body, err
}
