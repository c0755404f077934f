package adopt

import (
	"errors"
	"slices"
	"strconv"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"golang.org/x/sys/unix"
)

// choice is what a program chooses among: slots that get a share in percent of the
// senders, and those that get the rest. See sharer, which does the same for numbers.
type choice struct {
	udp          bool
	share        int // 0: there is none
	salt         uint32
	some, others []uint32
}

func (c choice) equal(o choice) bool {
	return c.udp == o.udp && c.share == o.share && c.salt == o.salt && slices.Equal(c.some, o.some) && slices.Equal(c.others, o.others)
}

// load returns the program for a choice, which the kernel may have already.
func (a *array) load(c choice) (*ebpf.Program, error) {
	at := slices.IndexFunc(a.programs, func(p loaded) bool { return p.choice.equal(c) })
	if at >= 0 {
		p := a.programs[at]
		a.programs = append(slices.Delete(a.programs, at, at+1), p)
		return p.Program, nil
	}
	spec := &ebpf.ProgramSpec{Name: "supervisor", Type: ebpf.SkReuseport, License: "Apache-2.0", AttachType: ebpf.AttachSkReuseportSelect}
	if !c.udp { // of UDP there is no queue that could be moved
		spec.AttachType = ebpf.AttachSkReuseportSelectOrMigrate
	}
	spec.Instructions = c.program(a.sockets.FD(), !c.udp)
	program, err := ebpf.NewProgram(spec)
	if errors.Is(err, unix.EINVAL) && !c.udp { // before Linux 5.14 queues are lost
		spec.AttachType, spec.Instructions = ebpf.AttachSkReuseportSelect, c.program(a.sockets.FD(), false)
		program, err = ebpf.NewProgram(spec)
	}
	if err != nil {
		return nil, err
	}
	if len(a.programs) == spare {
		a.programs[0].Close()
		a.programs = slices.Delete(a.programs, 0, 1)
	}
	a.programs = append(a.programs, loaded{c, program})
	return program, nil
}

// Where struct sk_reuseport_md has what is asked for (linux/bpf.h), and what
// bpf_skb_load_bytes_relative is told (BPF_HDR_START_NET).
const (
	mdProtocol  = 20
	mdMigrating = 48
	fromNetwork = 1

	// The frame: the number of a slot, and an address below.
	slotAt    = -4
	addressAt = -24
	pass      = 1 // SK_PASS; if no socket was selected the kernel takes any
)

// Registers that calls leave alone.
const (
	packet = asm.R6 // struct sk_reuseport_md
	number = asm.R7
	word   = asm.R8
)

// program is the whole of it.
func (c choice) program(sockets int, migrates bool) asm.Instructions {
	all := asm.Instructions{asm.Mov.Reg(packet, asm.R1)}
	if c.share > 0 {
		if migrates {
			// What waited in a closed socket's queue has no packet to look at.
			all = append(all,
				asm.LoadMem(asm.R1, packet, mdMigrating, asm.DWord),
				asm.JNE.Imm(asm.R1, 0, "others"))
		}
		all = append(all,
			asm.LoadMem(asm.R1, packet, mdProtocol, asm.Word),
			asm.HostTo(asm.BE, asm.R1, asm.Half),
			asm.JEq.Imm(asm.R1, etherIPv6, "v6"))
		all = append(all, digestFrom(c.salt, source4-network, 4)...)
		all = append(all, asm.Ja.Label("share"))
		all = append(all, label("v6", digestFrom(c.salt, source6-network, 16))...)
		all = append(all, label("share", asm.Instructions{
			asm.Mod.Imm32(number, 100),
			asm.JGE.Imm(number, int32(c.share), "others")})...)
		all = append(all, choose("some", sockets, c.some)...)
	}
	all = append(all, choose("others", sockets, c.others)...)
	return append(all, label("end", asm.Instructions{asm.Mov.Imm(asm.R0, pass), asm.Return()})...)
}

// choose selects one of several sockets by chance, or another of them if that one is
// gone, and ends the program. If all are gone it goes on behind. It begins at its name.
func choose(name string, sockets int, all []uint32) asm.Instructions {
	var code asm.Instructions
	if last := len(all) - 1; last > 0 {
		chosen := name + " chosen"
		code = append(code, asm.FnGetPrandomU32.Call(), asm.Mod.Imm32(asm.R0, int32(len(all))))
		for i, slot := range all[:last] {
			next := name + " not " + strconv.Itoa(i)
			code = append(code,
				asm.JNE.Imm(asm.R0, int32(i), next),
				keep(slot),
				asm.Ja.Label(chosen),
				nothing().WithSymbol(next))
		}
		code = append(code, keep(all[last]))
		code = append(code, label(chosen, selected(sockets))...)
	}
	for _, slot := range all {
		code = append(code, keep(slot))
		code = append(code, selected(sockets)...)
	}
	return label(name, append(code, nothing()))
}

// keep puts the number of a slot where selected looks.
func keep(slot uint32) asm.Instruction {
	return asm.StoreImm(asm.RFP, slotAt, int64(slot), asm.Word)
}

func nothing() asm.Instruction { return asm.Mov.Reg(packet, packet) }

// selected ends the program if the socket in the slot can be selected.
func selected(sockets int) asm.Instructions {
	return asm.Instructions{
		asm.Mov.Reg(asm.R1, packet),
		asm.LoadMapPtr(asm.R2, sockets),
		asm.Mov.Reg(asm.R3, asm.RFP),
		asm.Add.Imm(asm.R3, slotAt),
		asm.Mov.Imm(asm.R4, 0),
		asm.FnSkSelectReuseport.Call(),
		asm.JEq.Imm(asm.R0, 0, "end"),
	}
}

// digestFrom is digest of what the header of IP has at an offset.
func digestFrom(salt, offset uint32, size int) asm.Instructions {
	all := asm.Instructions{
		asm.Mov.Reg(asm.R1, packet),
		asm.Mov.Imm(asm.R2, int32(offset)),
		asm.Mov.Reg(asm.R3, asm.RFP),
		asm.Add.Imm(asm.R3, addressAt),
		asm.Mov.Imm(asm.R4, int32(size)),
		asm.Mov.Imm(asm.R5, fromNetwork),
		asm.FnSkbLoadBytesRelative.Call(),
		asm.JNE.Imm(asm.R0, 0, "others"),
		asm.Mov.Imm32(number, int32(salt)),
	}
	for at := 0; at < size; at += 4 {
		all = append(all,
			asm.LoadMem(word, asm.RFP, int16(addressAt+at), asm.Word),
			asm.HostTo(asm.BE, word, asm.Word),
			asm.Xor.Reg32(number, word))
		all = append(all, spread(spread1, 15)...)
		all = append(all, spread(spread2, 13)...)
	}
	return all
}

func spread(factor uint32, shift int32) asm.Instructions {
	return asm.Instructions{
		asm.Mul.Imm32(number, int32(factor)),
		asm.Mov.Reg32(word, number),
		asm.RSh.Imm32(word, shift),
		asm.Xor.Reg32(number, word),
	}
}

// label gives code a name to jump to.
func label(name string, code asm.Instructions) asm.Instructions {
	code[0] = code[0].WithSymbol(name)
	return code
}
