package control

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
)

// Millis is a duration that JSON shows as a number of milliseconds, to the
// microsecond: 412.5.
type Millis time.Duration

// MarshalJSON writes the number.
func (m Millis) MarshalJSON() ([]byte, error) {
	us := time.Duration(m).Round(time.Microsecond).Microseconds()
	return strconv.AppendFloat(nil, float64(us)/1000, 'f', -1, 64), nil
}

// UnmarshalJSON reads a number, also one with an exponent.
func (m *Millis) UnmarshalJSON(b []byte) error {
	var ms float64
	if err := json.Unmarshal(b, &ms); err != nil {
		return fmt.Errorf("cannot read milliseconds: %w", err)
	}
	us := math.Round(ms * 1000)
	if math.Abs(us) > math.MaxInt64/1000 {
		return fmt.Errorf("cannot read milliseconds: %s is out of range", b)
	}
	*m = Millis(time.Duration(us) * time.Microsecond)
	return nil
}
