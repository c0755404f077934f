package watch

import (
	"encoding/binary"
	"path/filepath"
	"slices"
	"testing"
	"unicode/utf16"

	"github.com/fsnotify/fsnotify"
)

// record is one FILE_NOTIFY_INFORMATION, with which the next one is aligned.
func record(action uint32, name string, last bool) []byte {
	var b []byte
	text := utf16.Encode([]rune(name))
	for _, n := range []uint32{0, action, uint32(2 * len(text))} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	for _, c := range text {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	if !last {
		b = append(b, make([]byte, -len(b)&3)...)
		binary.LittleEndian.PutUint32(b, uint32(len(b)))
	}
	return b
}

func TestRecords(t *testing.T) {
	at := func(name string, op fsnotify.Op) event { return event{path: filepath.Join("dir", name), op: op} }
	all := slices.Concat(record(1, "a.go", false), record(2, "b", false), record(3, "ü€𝄞", false), record(4, "old", false), record(5, "new", true))
	events := []event{
		at("a.go", fsnotify.Create), at("b", fsnotify.Remove), at("ü€𝄞", fsnotify.Write), at("old", fsnotify.Rename), at("new", fsnotify.Create),
	}
	astray := record(1, "a", true)
	astray[0] = 200
	backwards := record(1, "a", true)
	backwards[0] = 4
	for name, c := range map[string]struct {
		b     []byte
		want  []event
		whole bool
	}{
		"all":        {all, events, true},
		"nothing":    {nil, nil, false},
		"cut off":    {all[:len(all)-1], events[:4], false},
		"no name":    {all[:8], nil, false},
		"unknown":    {record(9, "stream", true), nil, true},
		"astray":     {astray, []event{at("a", fsnotify.Create)}, false},
		"backwards":  {backwards, []event{at("a", fsnotify.Create)}, false},
		"half a one": {append(record(1, "a", false), 0), []event{at("a", fsnotify.Create)}, false},
	} {
		got, whole := records(c.b, "dir")
		if !slices.Equal(got, c.want) || whole != c.whole {
			t.Errorf("%s: %v, %v, want %v, %v", name, got, whole, c.want, c.whole)
		}
	}
}

func FuzzRecords(f *testing.F) {
	f.Add(slices.Concat(record(1, "a.go", false), record(4, "b", false), record(5, "c", true)))
	f.Add(record(3, "", true))
	f.Add([]byte{4, 0, 0, 0, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		list, _ := records(b, "dir")
		if len(list) > len(b)/12 {
			t.Errorf("%d records in %d bytes", len(list), len(b))
		}
	})
}
