package listener

import (
	"encoding/binary"
	"net"
	"path/filepath"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

var getExtendedTCPTable = windows.NewLazySystemDLL("iphlpapi.dll").NewProc("GetExtendedTcpTable")

const tableOwnerPIDListener = 3 // TCP_TABLE_OWNER_PID_LISTENER

// holder finds out who listens on the port of a tcp address; nil if that is not to be
// known.
func holder(a Address) *Holder {
	_, port, err := net.SplitHostPort(a.Addr)
	number, lookErr := net.LookupPort("tcp", port)
	if err != nil || lookErr != nil || !a.Stream() {
		return nil
	}
	// MIB_TCPROW_OWNER_PID and MIB_TCP6ROW_OWNER_PID: where the local port is, and the PID.
	for _, t := range []struct{ family, row, port, pid int }{{windows.AF_INET, 24, 8, 20}, {windows.AF_INET6, 56, 20, 52}} {
		if pid := listens(number, t.family, t.row, t.port, t.pid); pid != 0 {
			return &Holder{PID: pid, Name: program(pid)}
		}
	}
	return nil
}

func listens(number, family, row, port, pid int) int {
	var size uint32
	for range 3 { // it may grow meanwhile
		table := make([]byte, size)
		status, _, _ := getExtendedTCPTable.Call(uintptr(unsafe.Pointer(unsafe.SliceData(table))), uintptr(unsafe.Pointer(&size)),
			0, uintptr(family), tableOwnerPIDListener, 0)
		if status == uintptr(windows.ERROR_INSUFFICIENT_BUFFER) {
			continue
		}
		if status != 0 || len(table) < 4 {
			return 0
		}
		rows := int(binary.LittleEndian.Uint32(table))
		for at := 4; rows > 0 && at+row <= len(table); rows, at = rows-1, at+row {
			if int(binary.BigEndian.Uint16(table[at+port:])) == number {
				return int(binary.LittleEndian.Uint32(table[at+pid:]))
			}
		}
		return 0
	}
	return 0
}

// program is the name of a process's executable.
func program(pid int) string {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return "a process of another user"
	}
	defer windows.CloseHandle(h)
	var name [windows.MAX_LONG_PATH]uint16
	n := uint32(len(name))
	if windows.QueryFullProcessImageName(h, 0, &name[0], &n) != nil {
		return "a process"
	}
	return strings.TrimSuffix(filepath.Base(windows.UTF16ToString(name[:n])), ".exe")
}
