package supervise

import "strings"

// variable is what a variable is known by: Path is PATH.
func variable(name string) string { return strings.ToUpper(name) }
