package adopt

// Where the headers of IP have the address of the sender (RFC 791, RFC 8200), and what
// tells them apart (linux/if_ether.h).
const (
	source4   = network + 12
	source6   = network + 8
	etherIPv6 = 0x86dd // ETH_P_IPV6
)

// sharer is a program that gives a share in percent of all senders to the sockets
// with some numbers, and the rest to others. Which of the two a sender gets depends on
// its address alone, and on salt: it is not always the same ones who try what is new.
func sharer(share int, salt uint32, some, others []int) []instruction {
	v4 := digest(salt, source4)
	v6 := digest(salt, source6, source6+4, source6+8, source6+12)
	these, those := selector(some), selector(others)
	program := []instruction{
		{code: loadWord, k: protocol},
		{code: jumpEqual, jf: 1, k: etherIPv6},
		{code: jump, k: uint32(len(v4) + 1)},
	}
	program = append(program, v4...)
	program = append(program, instruction{code: jump, k: uint32(len(v6))})
	program = append(program, v6...)
	program = append(program,
		instruction{code: modulo, k: 100},
		instruction{code: jumpAtLeast, jf: 1, k: uint32(share)},
		instruction{code: jump, k: uint32(len(these))})
	program = append(program, these...)
	return append(program, those...)
}

// Two odd numbers whose products spread what differs in few bits over the others.
const (
	spread1 = 0x9e3779b1
	spread2 = 0x85ebca6b
)

// digest leaves a number in the accumulator that depends on salt and words of the packet.
func digest(salt uint32, offsets ...uint32) (program []instruction) {
	program = append(program, instruction{code: loadNumber, k: salt})
	for _, at := range offsets {
		program = append(program,
			instruction{code: remember},
			instruction{code: loadWord, k: at},
			instruction{code: exclusiveOr},
			instruction{code: multiply, k: spread1},
			instruction{code: remember},
			instruction{code: shiftRight, k: 15},
			instruction{code: exclusiveOr},
			instruction{code: multiply, k: spread2},
			instruction{code: remember},
			instruction{code: shiftRight, k: 13},
			instruction{code: exclusiveOr})
	}
	return program
}
