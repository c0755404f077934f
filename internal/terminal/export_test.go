package terminal

// VT is vt for the tests that are outside, since they also use telemetry.
type VT = vt

func NewVT(columns, rows int) *VT      { return newVT(columns, rows) }
func (v *vt) Resize(columns, rows int) { v.resize(columns, rows) }
func (v *vt) Seen() []string           { return v.seen() }
