package supervise

import "strings"

// sameProgram reports whether two paths name one program: letters are the same in any
// case, and it is found without its .exe.
func sameProgram(a, b string) bool { return bare(a) == bare(b) }

func bare(path string) string { return strings.TrimSuffix(strings.ToLower(path), ".exe") }
