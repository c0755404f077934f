// Without a file of assembly the compiler does not accept the functions of fork_linux.go
// that have no body.
