package supervise

import "testing"

func TestProgramsOfWindows(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{`C:\srv\web`, `C:\srv\web.exe`, true}, {`C:\srv\Web.EXE`, `c:\SRV\web`, true}, {`C:\srv\web`, `C:\srv\web.cmd`, false},
		{`C:\srv\web`, `C:\srv\api`, false},
	} {
		if got := sameProgram(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}
