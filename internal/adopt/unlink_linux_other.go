//go:build linux && !amd64

package adopt

// callUnlink: newer architectures have unlinkat alone.
const callUnlink = -1
