package adopt

import (
	"context"
	"time"

	"golang.org/x/sys/unix"
)

const (
	membarrierGlobal = 1 << 0 // MEMBARRIER_CMD_GLOBAL in linux/membarrier.h
	// moment is long enough for what a processor has begun, where it runs.
	moment = 50 * time.Millisecond
)

// grace waits until every processor is through with the packets that it had begun
// with. The kernel takes a packet, from the choice of its socket to the end, in one
// section that RCU protects (ip_local_deliver_finish in net/ipv4/ip_input.c), and
// membarrier(2) waits for the end of all such sections. A virtual processor that does
// not get to run may be in the middle of one for any time. Kernels that do not offer
// it (nohz_full) are given a moment instead.
func grace(ctx context.Context) error {
	if _, _, errno := unix.Syscall(unix.SYS_MEMBARRIER, membarrierGlobal, 0, 0); errno != 0 {
		return pause(ctx, moment)
	}
	return ctx.Err()
}
