//go:build unix

package main

import (
	"cmp"
	"math"
	"slices"
)

// quantile is the value that the share q of all values does not exceed.
func quantile[T cmp.Ordered](values []T, q float64) T {
	var none T
	if len(values) == 0 {
		return none
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := int(math.Ceil(q * float64(len(sorted))))
	return sorted[max(rank, 1)-1]
}

func median[T cmp.Ordered](values []T) T { return quantile(values, 0.5) }

// each takes one figure of every value.
func each[T, U any](values []T, figure func(T) U) []U {
	out := make([]U, len(values))
	for i, v := range values {
		out[i] = figure(v)
	}
	return out
}
