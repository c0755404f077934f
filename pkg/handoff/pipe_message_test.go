package handoff

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
)

func readOne(text string) (pipeMessage, error) {
	return readPipeMessage(bufio.NewReaderSize(strings.NewReader(text), 16))
}

func TestPipeMessages(t *testing.T) {
	socket := pipeSocket{Name: "http", Info: bytes.Repeat([]byte{1, 2}, 314)}
	for _, m := range []pipeMessage{
		{Version: 1},
		{Version: 1, PID: 4711, Store: 200, Sockets: []pipeSocket{socket, {Info: []byte{0}}}},
		{Notify: "READY=1\nSTATUS=grüß \\ \"dich\""},
		{Notify: "FDSTORE=1\nFDNAME=x", Socket: &socket},
		{Kept: true},
		{Drain: true},
	} {
		var line bytes.Buffer
		if err := writePipeMessage(&line, m); err != nil {
			t.Errorf("%+v: %v", m, err)
		}
		if n := strings.Count(line.String(), "\n"); n != 1 {
			t.Errorf("%+v has %d lines", m, n)
		}
		if got, err := readOne(line.String()); err != nil || !reflect.DeepEqual(got, m) {
			t.Errorf("got %+v, %v, want %+v", got, err, m)
		}
	}
}

func TestPipeMessagesThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"\n":                                   "unexpected end",
		"hello\n":                              "invalid character",
		"{}\n":                                 "of 0 kinds",
		`{"version":1,"drain":true}` + "\n":    "of 2 kinds",
		`{"version":2}` + "\n":                 "version 2, and this program speaks version 1",
		`{"version":1,"pid":-1}` + "\n":        "negative",
		`{"sockets":[{"info":"AA=="}]}` + "\n": "version 0",
		`{"socket":{"info":"AA=="}}` + "\n":    "does not say what for",
		`{"notify":"x","socket":{}}` + "\n":    "comes in 0 bytes",
		`{"notify":"` + strings.Repeat("x", 5000) + "\"}\n":                             "more than 4096 bytes",
		`{"version":1,"sockets":[{"name":"a:b","info":"AA=="}]}` + "\n":                 "not printable ASCII",
		`{"version":1,"sockets":[` + strings.Repeat(`{"info":"AA=="},`, 600) + "{}]}\n": "601 sockets",
		strings.Repeat("x", maxPipeMessage+1):                                           "more than 1048576 bytes",
	} {
		m, err := readOne(text)
		if !errors.Is(err, errPipeMessage) || !strings.Contains(err.Error(), want) || !reflect.DeepEqual(m, pipeMessage{}) {
			t.Errorf("%.60q: got %+v, %v; want %q", text, m, err, want)
		}
	}
	if _, err := readOne(""); err != io.EOF {
		t.Errorf("the end: %v", err)
	}
	if _, err := readOne(`{"drain":true}`); err != io.ErrUnexpectedEOF {
		t.Errorf("half a line: %v", err)
	}
	if err := writePipeMessage(io.Discard, pipeMessage{Notify: "STATUS=\xff"}); err == nil {
		t.Error("wrote what is not UTF-8")
	}
}

// A field of a later program of this version is no trouble.
func TestPipeMessageWithMore(t *testing.T) {
	if m, err := readOne(`{"drain":true,"because":"it is late"}` + "\n"); err != nil || !m.Drain {
		t.Errorf("got %+v, %v", m, err)
	}
}

func FuzzPipeMessage(f *testing.F) {
	for _, s := range []string{
		`{"version":1}`, `{"version":1,"pid":4711,"store":200,"sockets":[{"name":"http","info":"AAEC"}]}`,
		`{"notify":"READY=1\nSTATUS=x"}`, `{"notify":"FDSTORE=1","socket":{"info":"AA=="}}`, `{"kept":true}`, `{"drain":true}`, "{", "",
	} {
		f.Add([]byte(s + "\n"))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		in := bufio.NewReader(bytes.NewReader(b))
		for {
			m, err := readPipeMessage(in)
			if err != nil {
				if !reflect.DeepEqual(m, pipeMessage{}) {
					t.Errorf("%+v along with %v", m, err)
				}
				return
			}
			if err := m.check(); err != nil {
				t.Errorf("%+v: %v", m, err)
			}
			var again bytes.Buffer
			if err := writePipeMessage(&again, m); err != nil {
				t.Errorf("%+v cannot be written: %v", m, err)
				return
			}
			got, err := readPipeMessage(bufio.NewReader(&again))
			if len(m.Sockets) == 0 {
				m.Sockets = nil
			}
			if err != nil || !reflect.DeepEqual(got, m) {
				t.Errorf("%+v became %+v, %v", m, got, err)
			}
		}
	})
}
