//go:build linux && (amd64 || arm64 || riscv64 || loong64)

// Without a file of assembly the compiler does not accept the function of read_linux.go
// that has no body.
