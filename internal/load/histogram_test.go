package load

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestBucketsCoverEveryDuration(t *testing.T) {
	values := []uint64{0, 1, 31, 32, 33, 63, 64, 65, 1000, 1 << 40, math.MaxInt64 - 1, math.MaxInt64}
	for range 10000 {
		values = append(values, rand.Uint64()>>(1+rand.IntN(63)))
	}
	for _, v := range values {
		i := bucketOf(v)
		if v > topOf(i) || (i > 0 && v <= topOf(i-1)) {
			t.Fatalf("%d is in bucket %d, which ends at %d", v, i, topOf(i))
		}
		if topOf(i)-v > v/32 {
			t.Fatalf("bucket %d ends at %d, too far from %d", i, topOf(i), v)
		}
	}
}

func TestQuantiles(t *testing.T) {
	var h Histogram
	if h.Quantile(0.5) != 0 || h.Max() != 0 {
		t.Error("an empty histogram is not zero")
	}
	var all []time.Duration
	for range 1001 {
		d := time.Duration(rand.ExpFloat64() * float64(time.Millisecond))
		all = append(all, d)
		h.Add(d)
	}
	slices.Sort(all)
	for _, q := range []float64{0, 0.5, 0.99, 0.999, 1} {
		exact := all[max(int(math.Ceil(q*1001)), 1)-1]
		if got := h.Quantile(q); got < exact || got-exact > exact/32 {
			t.Errorf("quantile %v is %v, want %v or 3 %% more", q, got, exact)
		}
	}
	if h.Quantile(1) != h.Max() || h.Max() != all[1000] {
		t.Errorf("the longest is %v, want %v", h.Max(), all[1000])
	}
	h.Add(-time.Second)
	if h.Quantile(0) != 0 {
		t.Error("a negative duration does not count as zero")
	}
}
