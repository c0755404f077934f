package relay

import (
	"encoding/binary"
	"hash/fnv"
	"net"
)

// trial is a generation that gets a share of the new connections, in percent.
type trial struct{ generation, share int }

// includes reports whether a client is one of those that meet the generation which is
// tried. Its address decides, so that it meets the same one each time; clients without
// one, of unix sockets, take turns. Each generation is tried by others.
func (t trial) includes(client net.Conn, turn int) bool {
	tcp, ok := client.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return turn%100 < t.share
	}
	sum := fnv.New64a()
	sum.Write(binary.BigEndian.AppendUint64(nil, uint64(t.generation)))
	ip := tcp.AddrPort().Addr().Unmap().As16()
	sum.Write(ip[:])
	return spread(sum.Sum64())%100 < uint64(t.share)
}

// spread mixes all bits into the low ones, which FNV leaves alike for addresses that
// differ little (the finalizer of MurmurHash3).
func spread(n uint64) uint64 {
	n ^= n >> 33
	n *= 0xff51afd7ed558ccd
	n ^= n >> 33
	n *= 0xc4ceb9fe1a85ec53
	return n ^ n>>33
}

// Try has a share of the new connections, in percent, go to a generation, and the
// others as Aim says. While it has no process that takes any, all do.
func (r *Relay) Try(generation, share int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t := (trial{generation, share}); t != r.trial {
		r.trial = t
		r.wake()
	}
}
