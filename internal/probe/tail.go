package probe

import "bytes"

const tailSize = 1 << 10 // bytes

// tail keeps the last tailSize bytes written to it.
type tail struct{ kept []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p[max(0, len(p)-tailSize):]...)
	t.kept = t.kept[max(0, len(t.kept)-tailSize):]
	return len(p), nil
}

// String is without the blank ends.
func (t *tail) String() string { return string(bytes.TrimSpace(t.kept)) }
