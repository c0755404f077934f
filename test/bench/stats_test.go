//go:build unix

package main

import "testing"

func TestQuantile(t *testing.T) {
	values := []int{5, 1, 4, 2, 3}
	for _, c := range []struct {
		q    float64
		want int
	}{{0, 1}, {0.2, 1}, {0.21, 2}, {0.5, 3}, {0.9, 5}, {1, 5}} {
		if got := quantile(values, c.q); got != c.want {
			t.Errorf("quantile %v of %v is %d, want %d", c.q, values, got, c.want)
		}
	}
	if got := median([]float64{2, 1}); got != 1 {
		t.Errorf("median of two is %v, want the lower one", got)
	}
	if got := median[int](nil); got != 0 {
		t.Errorf("median of nothing is %v", got)
	}
	if values[0] != 5 {
		t.Error("the values were reordered")
	}
}
