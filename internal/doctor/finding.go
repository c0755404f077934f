package doctor

import "fmt"

// Outcome is how a check ended.
type Outcome string

const (
	OK      Outcome = "ok"
	Warning Outcome = "warning" // it works, but not as well as it could
	Problem Outcome = "problem" // it does not work
)

// Finding is the result of one check.
type Finding struct {
	Check   string  `json:"check"`
	Outcome Outcome `json:"outcome"`
	Found   string  `json:"found"`
	Why     string  `json:"why,omitempty"`  // why it matters
	Mend    string  `json:"mend,omitempty"` // the command that mends it
}

// Count is how many findings have this outcome.
func Count(all []Finding, o Outcome) (n int) {
	for _, f := range all {
		if f.Outcome == o {
			n++
		}
	}
	return n
}

func fine(check, format string, args ...any) Finding {
	return Finding{Check: check, Outcome: OK, Found: fmt.Sprintf(format, args...)}
}

func warn(check, format string, args ...any) Finding {
	return Finding{Check: check, Outcome: Warning, Found: fmt.Sprintf(format, args...)}
}

func problem(check, format string, args ...any) Finding {
	return Finding{Check: check, Outcome: Problem, Found: fmt.Sprintf(format, args...)}
}

func (f Finding) because(format string, args ...any) Finding {
	f.Why = fmt.Sprintf(format, args...)
	return f
}

func (f Finding) mended(format string, args ...any) Finding {
	f.Mend = fmt.Sprintf(format, args...)
	return f
}
