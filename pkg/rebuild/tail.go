package rebuild

import "bytes"

// tailSize is how much of a command's output an error holds.
const tailSize = 64 << 10

// tail remembers the last tailSize bytes written to it.
type tail struct{ kept []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p[max(0, len(p)-tailSize):]...)
	if len(t.kept) > 2*tailSize {
		// Moving only now and then keeps many small writes cheap.
		t.kept = append(t.kept[:0], t.kept[len(t.kept)-tailSize:]...)
	}
	return len(p), nil
}

func (t *tail) bytes() []byte {
	return bytes.Clone(t.kept[max(0, len(t.kept)-tailSize):])
}
