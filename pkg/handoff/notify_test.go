package handoff

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestParseNotice(t *testing.T) {
	for in, want := range map[string]Notice{
		"READY=1":                               {Ready: true},
		"READY=1\n":                             {Ready: true},
		"READY=1\x00":                           {Ready: true},
		"\nREADY=1\n\nSTATUS=up":                {Ready: true, Status: "up", StatusSet: true},
		"READY=0":                               {},
		"READY=1x":                              {},
		"STATUS=":                               {StatusSet: true},
		"STATUS=a=b \xff":                       {Status: "a=b \uFFFD", StatusSet: true},
		"RELOADING=1\nMONOTONIC_USEC=1500000":   {Reloading: true, Monotonic: 1500 * time.Millisecond},
		"STOPPING=1\nERRNO=2":                   {Stopping: true, Errno: 2},
		"MAINPID=4711":                          {MainPID: 4711},
		"WATCHDOG=1":                            {Watchdog: true},
		"WATCHDOG=trigger":                      {WatchdogTrigger: true},
		"WATCHDOG_USEC=20000000":                {WatchdogTimeout: 20 * time.Second},
		"EXTEND_TIMEOUT_USEC=1":                 {ExtendTimeout: time.Microsecond},
		"WATCHDOG_USEC=18446744073709551615":    {WatchdogTimeout: math.MaxInt64},
		"FDSTORE=1\nFDNAME=a b\nFDPOLL=0":       {Store: true, FDName: "a b", NoPoll: true},
		"FDSTOREREMOVE=1\nFDNAME=a":             {StoreRemove: true, FDName: "a"},
		"BARRIER=1":                             {Barrier: true},
		"BARRIER=1\n":                           {Barrier: true},
		"X_MINE=\xff\nBUSERROR=x\nMAINPIDFD=1":  {},
		"NOTIFYACCESS=all\nREADY=1\nFDPOLL=yes": {Ready: true},
	} {
		if got, err := ParseNotice([]byte(in)); err != nil || got != want {
			t.Errorf("ParseNotice(%q) = %+v, %v; want %+v", in, got, err, want)
		}
	}
}

func TestParseNoticeQuotesTheBadLine(t *testing.T) {
	for in, want := range map[string]string{
		"":                                     "it is empty",
		"\n\x00":                               "it is empty",
		"READY=1\nhello":                       `line "hello": it is not KEY=value`,
		"=1":                                   `line "=1": it is not KEY=value`,
		"READY=1\nSTATUS=a\x00b":               `line "STATUS=a\x00b": it has a NUL byte`,
		"MAINPID=0":                            `line "MAINPID=0": the value must be a number from 1 up`,
		"MAINPID=99999999999":                  "the value must be a number from 1 up",
		"ERRNO=-1":                             "the value must be a number from 0 up",
		"ERRNO=EIO":                            "the value must be a number from 0 up",
		"EXTEND_TIMEOUT_USEC=1s":               "the value must be a number of microseconds",
		"WATCHDOG_USEC=-1":                     "the value must be a number of microseconds",
		"MONOTONIC_USEC=":                      "the value must be a number of microseconds",
		"FDSTORE=1\nFDNAME=a:b":                `the name "a:b" is not printable ASCII`,
		"FDNAME=" + strings.Repeat("x", 256):   "the name has 256 bytes: use at most 255",
		"FDNAME=\u00e9":                        "is not printable ASCII",
		"BARRIER=1\nREADY=1":                   "BARRIER=1 must be alone",
		"MAINPID=" + strings.Repeat("x", 4000): `line "MAINPID=xxx`,
	} {
		n, err := ParseNotice([]byte(in))
		if err == nil || !strings.Contains(err.Error(), want) || n != (Notice{}) {
			t.Errorf("ParseNotice(%q) = %+v, %v; want %q", in, n, err, want)
		}
		if err != nil && (len(err.Error()) > 500 || !strings.HasPrefix(err.Error(), "cannot read notification: ")) {
			t.Errorf("ParseNotice(%.50q): %v", in, err)
		}
	}
}

func FuzzParseNotice(f *testing.F) {
	for _, s := range []string{
		"READY=1\nSTATUS=Processing requests…\nMAINPID=4711", "RELOADING=1\nMONOTONIC_USEC=1", "BARRIER=1",
		"FDSTORE=1\nFDNAME=foo\nFDPOLL=0", "EXTEND_TIMEOUT_USEC=18446744073709551615", "ERRNO=x", "\x00", "=", "STATUS=\xff\x00",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := ParseNotice(b)
		switch {
		case err != nil && n != (Notice{}):
			t.Errorf("%+v along with %v", n, err)
		case err != nil && len(err.Error()) > 1000:
			t.Errorf("the error has %d bytes", len(err.Error()))
		case !utf8.ValidString(n.Status) || strings.ContainsAny(n.Status, "\x00\n"):
			t.Errorf("status %q", n.Status)
		case checkFDName(n.FDName) != nil:
			t.Errorf("name %q", n.FDName)
		case n.Monotonic < 0 || n.WatchdogTimeout < 0 || n.ExtendTimeout < 0 || n.Errno < 0 || n.MainPID < 0:
			t.Errorf("negative: %+v", n)
		case n.Barrier && n != (Notice{Barrier: true}):
			t.Errorf("a barrier with more: %+v", n)
		}
	})
}
