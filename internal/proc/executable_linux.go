package proc

// executable is the running program itself, even if its file was replaced or
// removed since.
func executable() string { return "/proc/self/exe" }
