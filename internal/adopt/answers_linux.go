package adopt

import (
	"encoding/binary"
	"errors"

	"golang.org/x/sys/unix"
)

// answers gives the body of each message of sock_diag(7) to take: of a dump until its
// end, else of one answer.
func answers(fd int, dump bool, take func(body []byte)) error {
	buffer := make([]byte, 64<<10)
	for {
		n, _, err := unix.Recvfrom(fd, buffer, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return err
		}
		for rest := buffer[:n]; len(rest) >= unix.SizeofNlMsghdr; {
			size := int(binary.NativeEndian.Uint32(rest))
			if size < unix.SizeofNlMsghdr || size > len(rest) {
				return unix.EBADMSG
			}
			body := rest[unix.SizeofNlMsghdr:size]
			switch binary.NativeEndian.Uint16(rest[4:]) {
			case unix.NLMSG_DONE:
				return nil
			case unix.NLMSG_ERROR:
				if len(body) < 4 {
					return unix.EBADMSG
				}
				return unix.Errno(-int32(binary.NativeEndian.Uint32(body)))
			default:
				take(body)
			}
			rest = rest[min(align(size), len(rest)):]
		}
		if !dump {
			return nil
		}
	}
}
