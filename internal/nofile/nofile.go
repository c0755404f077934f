// Package nofile remembers how many files this program was allowed to open when it
// was started. Package syscall raises that limit for the program itself as soon as it
// is initialized, and restores it only in what it starts by its own means. What we
// start by ours is to have it as well: select(2) fails beyond 1,024 descriptors, so
// that programs rely on a low limit.
package nofile

// Limit is struct rlimit of getrlimit(2).
type Limit struct{ Soft, Hard uint64 }

// AtStart is the limit at the start of this program; nil where it is not known.
var AtStart = read()
