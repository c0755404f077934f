//go:build !startagain

package proc

// closesInherited: what this program itself has inherited open does not go on.
const closesInherited = true
