package listener

import (
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// InfoSize is how many bytes a duplicate has on its way (WSAPROTOCOL_INFOW).
const InfoSize = int(unsafe.Sizeof(windows.WSAProtocolInfo{}))

// Duplicate prepares a duplicate of a socket for another process, which makes a
// socket of the bytes with Take, once. If it never does, the duplicate is closed when
// that process ends.
func Duplicate(handle, pid int) ([]byte, error) {
	var info windows.WSAProtocolInfo
	if err := windows.WSADuplicateSocket(windows.Handle(handle), uint32(pid), &info); err != nil {
		return nil, os.NewSyscallError("wsaduplicatesocket", err)
	}
	return append([]byte(nil), (*[InfoSize]byte)(unsafe.Pointer(&info))[:]...), nil
}

// fromInfo is FROM_PROTOCOL_INFO.
const fromInfo = -1

// Take makes a socket of what Duplicate has prepared for this process, and returns
// its handle.
func Take(info []byte) (handle int, err error) {
	if len(info) != InfoSize {
		return 0, fmt.Errorf("cannot take a socket: it comes in %d bytes, not in %d", len(info), InfoSize)
	}
	var in windows.WSAProtocolInfo
	copy((*[InfoSize]byte)(unsafe.Pointer(&in))[:], info)
	h, err := windows.WSASocket(fromInfo, fromInfo, fromInfo, &in, 0, windows.WSA_FLAG_OVERLAPPED|windows.WSA_FLAG_NO_HANDLE_INHERIT)
	if err != nil {
		return 0, os.NewSyscallError("wsasocket", err)
	}
	return int(h), nil
}
