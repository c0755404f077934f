//go:build linux && !startagain && !plainfork && (amd64 || arm64)

package proc

// vfork is vfork(2): it returns twice, in the child with pid 0, while the parent
// waits until the child has called execve or is gone.
func vfork() (pid, errno uintptr)
