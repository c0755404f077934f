package control

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

func TestMillis(t *testing.T) {
	for d, want := range map[time.Duration]string{
		412 * time.Millisecond:   "412",
		38500 * time.Microsecond: "38.5",
		time.Microsecond:         "0.001",
		-1500 * time.Microsecond: "-1.5",
		240 * time.Hour:          "864000000",
		1500 * time.Nanosecond:   "0.002",
	} {
		b, err := json.Marshal(Millis(d))
		if err != nil || string(b) != want {
			t.Errorf("%s is %s, %v, want %s", d, b, err, want)
		}
		var back Millis
		if err := json.Unmarshal(b, &back); err != nil || time.Duration(back) != d.Round(time.Microsecond) {
			t.Errorf("%s came back as %s, %v", b, time.Duration(back), err)
		}
	}
}

func FuzzMillis(f *testing.F) {
	for _, s := range []string{"1", "1.5e3", "-1", "1e300", `"1"`, "null"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var m Millis
		if m.UnmarshalJSON(b) != nil {
			return
		}
		if math.Abs(float64(m)) > 1<<52*1000 {
			return // beyond what a JSON number holds to the microsecond
		}
		again, err := m.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var back Millis
		if err := back.UnmarshalJSON(again); err != nil || back != m {
			t.Fatalf("%d came back as %d: %v", m, back, err)
		}
	})
}
