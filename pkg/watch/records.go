package watch

import (
	"encoding/binary"
	"path/filepath"
	"unicode/utf16"

	"github.com/fsnotify/fsnotify"
)

// records reads what ReadDirectoryChangesW writes of changes in dir: a list of FILE_NOTIFY_INFORMATION, of numbers of 32 bits.
//
//	at 0   NextEntryOffset: where the next one begins, seen from this one; 0 in the last
//	at 4   Action
//	at 8   FileNameLength, in bytes
//	at 12  FileName, in UTF-16
//
// whole is false if it says nothing, or is no such list: then changes are missing.
func records(b []byte, dir string) (list []event, whole bool) {
	const head = 12
	for len(b) >= head {
		next, action, length := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[8:])
		if uint64(length) > uint64(len(b)-head) {
			return list, false
		}
		name := make([]uint16, length/2)
		for i := range name {
			name[i] = binary.LittleEndian.Uint16(b[head+2*i:])
		}
		if op := opOf(action); op != 0 {
			list = append(list, event{path: filepath.Join(dir, string(utf16.Decode(name))), op: op})
		}
		if next == 0 {
			return list, true
		}
		if next < head || uint64(next) > uint64(len(b)) {
			return list, false
		}
		b = b[next:]
	}
	return list, false
}

// opOf is what an Action is called elsewhere; 0 for one that has nothing to do with names or content.
func opOf(action uint32) fsnotify.Op {
	switch action {
	case 1, 5: // FILE_ACTION_ADDED, FILE_ACTION_RENAMED_NEW_NAME
		return fsnotify.Create
	case 2: // FILE_ACTION_REMOVED
		return fsnotify.Remove
	case 3: // FILE_ACTION_MODIFIED
		return fsnotify.Write
	case 4: // FILE_ACTION_RENAMED_OLD_NAME
		return fsnotify.Rename
	}
	return 0
}
