package adopt

// Instruction is one of classic BPF (linux/filter.h).
type instruction struct {
	code   uint16
	jt, jf uint8
	k      uint32
}

// Classic BPF as linux/bpf_common.h and linux/filter.h number it.
const (
	loadWord    = 0x20 // BPF_LD | BPF_W | BPF_ABS
	modulo      = 0x94 // BPF_ALU | BPF_MOD | BPF_K
	multiply    = 0x24 // BPF_ALU | BPF_MUL | BPF_K
	shiftRight  = 0x74 // BPF_ALU | BPF_RSH | BPF_K
	exclusiveOr = 0xac // BPF_ALU | BPF_XOR | BPF_X
	remember    = 0x07 // BPF_MISC | BPF_TAX
	jump        = 0x05 // BPF_JMP | BPF_JA
	jumpEqual   = 0x15 // BPF_JMP | BPF_JEQ | BPF_K
	jumpAtLeast = 0x35 // BPF_JMP | BPF_JGE | BPF_K
	loadNumber  = 0x00 // BPF_LD | BPF_W | BPF_IMM
	result      = 0x06 // BPF_RET | BPF_K

	random   = 0xfffff000 + 56 // SKF_AD_OFF + SKF_AD_RANDOM
	protocol = 0xfffff000      // SKF_AD_OFF + SKF_AD_PROTOCOL
	network  = 0xfff00000      // SKF_NET_OFF: where the header of IP begins
)

// selector is a program that names one of the sockets with these numbers, by
// chance if there are several.
func selector(indices []int) []instruction {
	last := len(indices) - 1
	if last == 0 {
		return []instruction{{code: result, k: uint32(indices[0])}}
	}
	program := []instruction{{code: loadWord, k: random}, {code: modulo, k: uint32(len(indices))}}
	for i, index := range indices[:last] {
		program = append(program,
			instruction{code: jumpEqual, jf: 1, k: uint32(i)},
			instruction{code: result, k: uint32(index)})
	}
	return append(program, instruction{code: result, k: uint32(indices[last])})
}

// dropAll lets nothing in.
func dropAll() []instruction { return []instruction{{code: result, k: 0}} }
