package telemetry

import "io"

// lossy hides that a write failed: there is nowhere left to say so, and whoever
// wrote must not fail for it.
type lossy struct{ out io.Writer }

func (w lossy) Write(p []byte) (int, error) {
	w.out.Write(p)
	return len(p), nil
}
