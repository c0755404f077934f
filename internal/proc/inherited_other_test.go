//go:build unix && (!linux || startagain)

package proc

const closesInherited = false
