package lifecycle

// Outcome is how a handoff ended, in one word.
type Outcome string

const (
	Promoted    Outcome = "promoted"
	Unchanged   Outcome = "unchanged" // the artifact is the one that serves: nothing to do
	BuildBroken Outcome = "build failed"
	NotReady    Outcome = "not ready"
	Died        Outcome = "exited"
	RolledBack  Outcome = "rolled back"
	Superseded  Outcome = "superseded"
	Rescale     Outcome = "scaled"  // as many workers as were asked for are ready
	Ended       Outcome = "stopped" // the supervisor was told to stop meanwhile
)

// Verdict is what somebody who asked for a handoff gets back.
type Verdict struct {
	Outcome    Outcome `json:"outcome"`
	Generation int     `json:"generation"`        // the one that was to answer the request; 0: none was begun
	Serving    int     `json:"serving"`           // what serves now; 0: nothing
	Reason     string  `json:"reason,omitempty"`  // why not, in words
	By         int     `json:"by,omitempty"`      // superseded: the generation that took its place
	Final      Outcome `json:"final,omitempty"`   // superseded: how that one ended
	Workers    int     `json:"workers,omitempty"` // of a scaling: how many there are to be now

	// Artifact is the earlier one that was asked for, by content.
	Artifact string `json:"artifact,omitempty"`
}

// Decisive is the outcome that counts: a superseded request shares the fate of
// the one that took its place.
func (v Verdict) Decisive() Outcome {
	if v.Outcome == Superseded {
		return v.Final
	}
	return v.Outcome
}

// for the asker whose generation was overtaken, the verdict names both. So it does
// for one who wanted what the build makes when an earlier artifact has taken its
// place, or the other way round.
func (v Verdict) forAsker(a Asker) Verdict {
	other := a.Back != (v.Artifact != "") && v.Outcome != Ended
	if !other && (a.Generation == 0 || a.Generation == v.Generation) {
		return v
	}
	v.By, v.Final = v.Generation, v.Outcome
	v.Generation, v.Outcome = a.Generation, Superseded
	if other && !a.Back && (v.Final == Promoted || v.Final == Unchanged) {
		v.Final = RolledBack // what was asked for does not serve
	}
	return v
}

// verdict is how it ends for a generation that was on its way in.
func (m *machine) verdict(g Generation, o Outcome, reason string) Verdict {
	return Verdict{Outcome: o, Generation: g.Number, Serving: m.Serving.Number, Reason: reason, Artifact: g.Request.Artifact}
}
