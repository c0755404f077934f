package handoff

import (
	"net"
	"syscall"
)

func (i *inherited) inet(kind int, ip net.IP, port int, zone string) {
	switch kind {
	case syscall.SOCK_STREAM:
		i.network, i.addr = "tcp", &net.TCPAddr{IP: ip, Port: port, Zone: zone}
	case syscall.SOCK_DGRAM:
		i.network, i.addr = "udp", &net.UDPAddr{IP: ip, Port: port, Zone: zone}
	}
}

func zoneName(id uint32) string {
	if id == 0 {
		return ""
	}
	ifi, err := net.InterfaceByIndex(int(id))
	if err != nil {
		return ""
	}
	return ifi.Name
}
