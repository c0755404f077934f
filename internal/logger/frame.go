package logger

import (
	"encoding/binary"
	"errors"
	"io"
)

// The supervisor and the logger send each other frames: a kind, the number of a pipe,
// and a text. With attach comes the pipe as a descriptor.
//
//	kind (1 byte) · pipe (4) · length of text (4) · text
type frame struct {
	kind byte
	pipe uint32
	text []byte
}

const (
	attach = 'a' // to the logger: read this pipe; text is a Sink in JSON
	reopen = 'r' // to the logger: look at all files now
	output = 'o' // from the logger: whole lines that the pipe brought
	missed = 'm' // from the logger: so many (4 bytes) were not passed on
	ended  = 'e' // from the logger: nobody can write into the pipe any more, and all is written
	notice = 'n' // from the logger: something to tell people
)

const (
	frameHeader = 9
	maxFrame    = 1 << 20
)

var errFrame = errors.New("a frame is too large")

func (f frame) append(b []byte) []byte {
	b = append(b, f.kind)
	b = binary.BigEndian.AppendUint32(b, f.pipe)
	b = binary.BigEndian.AppendUint32(b, uint32(len(f.text)))
	return append(b, f.text...)
}

func readFrame(r io.Reader) (f frame, err error) {
	var head [frameHeader]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return f, err
	}
	n := binary.BigEndian.Uint32(head[5:])
	if n > maxFrame {
		return f, errFrame
	}
	f = frame{kind: head[0], pipe: binary.BigEndian.Uint32(head[1:]), text: make([]byte, n)}
	if _, err := io.ReadFull(r, f.text); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return frame{}, err
	}
	return f, nil
}
