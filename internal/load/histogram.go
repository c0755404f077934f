package load

import (
	"math"
	"math/bits"
	"time"
)

// subBits gives each power of two 32 buckets, so that a quantile is at most
// 1/32 (3 %) too high.
const (
	subBits = 5
	buckets = (64 - subBits + 1) << subBits
)

// A Histogram counts durations in buckets whose width grows with the duration,
// as HdrHistogram does (http://hdrhistogram.org). The zero value is empty.
type Histogram struct {
	counts [buckets]int64
	total  int64
	max    time.Duration
}

// Add counts d; less than zero counts as zero.
func (h *Histogram) Add(d time.Duration) {
	d = max(d, 0)
	h.counts[bucketOf(uint64(d))]++
	h.total++
	h.max = max(h.max, d)
}

// Max is the longest duration counted.
func (h *Histogram) Max() time.Duration { return h.max }

// Quantile is a duration that the share q (0 to 1) of all those counted did
// not exceed; 0 if none was counted.
func (h *Histogram) Quantile(q float64) time.Duration {
	rank := int64(math.Ceil(q * float64(h.total)))
	var seen int64
	for i, n := range h.counts {
		seen += n
		if n > 0 && seen >= max(rank, 1) {
			return min(time.Duration(topOf(i)), h.max)
		}
	}
	return h.max
}

// bucketOf keeps the subBits+1 leading bits of v.
func bucketOf(v uint64) int {
	if v < 1<<subBits {
		return int(v)
	}
	shift := bits.Len64(v) - subBits - 1
	return shift<<subBits + int(v>>shift)
}

// topOf is the largest value in bucket i.
func topOf(i int) uint64 {
	if i < 2<<subBits {
		return uint64(i)
	}
	shift := i>>subBits - 1
	lead := uint64(i - shift<<subBits)
	return (lead+1)<<shift - 1
}
