package listener

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]Address{
		"8080":                        {Network: "tcp", Addr: ":8080"},
		":8080":                       {Network: "tcp", Addr: ":8080"},
		"localhost:080":               {Network: "tcp", Addr: "localhost:80"},
		"[::1]:0":                     {Network: "tcp", Addr: "[::1]:0"},
		"[::0001]:1":                  {Network: "tcp", Addr: "[::1]:1"},
		"[fe80::1%eth0]:1":            {Network: "tcp", Addr: "[fe80::1%eth0]:1"},
		"http=:80":                    {Name: "http", Network: "tcp", Addr: ":80"},
		"http=tcp://h:80":             {Name: "http", Network: "tcp", Addr: "h:80"},
		"web@1.socket=[::1]:80":       {Name: "web@1.socket", Network: "tcp", Addr: "[::1]:80"},
		"tcp4://1.2.3.4:65535":        {Network: "tcp4", Addr: "1.2.3.4:65535"},
		"tcp6://[::]:1":               {Network: "tcp6", Addr: "[::]:1"},
		"tcp://tcp:1":                 {Network: "tcp", Addr: "tcp:1"},
		"udp://:53":                   {Network: "udp", Addr: ":53"},
		"udp4://0.0.0.0:53":           {Network: "udp4", Addr: "0.0.0.0:53"},
		"udp6://:53":                  {Network: "udp6", Addr: ":53"},
		"unix:///run/x.sock":          {Network: "unix", Addr: "/run/x.sock"},
		"unix:/run/x.sock":            {Network: "unix", Addr: "/run/x.sock"},
		"a=unix:/x?mode=0600":         {Name: "a", Network: "unix", Addr: "/x", Mode: 0o600},
		"unix:/x?owner=www&group=33":  {Network: "unix", Addr: "/x", Owner: "www", Group: "33"},
		"unix:/a%20b%25%3F=c?mode=66": {Network: "unix", Addr: "/a b%?=c", Mode: 0o66},
		"unix:@x=y":                   {Network: "unix", Addr: "@x=y"},
		"unix:@a%3Fb%25":              {Network: "unix", Addr: "@a?b%"},
		"s=unix://@x":                 {Name: "s", Network: "unix", Addr: "@x"},
		"unixgram:///x":               {Network: "unixgram", Addr: "/x"},
		"unixpacket:///x":             {Network: "unixpacket", Addr: "/x"},
	} {
		got, err := Parse(in)
		if err != nil || got != want {
			t.Errorf("Parse(%q) = %+v, %v; want %+v", in, got, err, want)
		}
		got.Name = ""
		if again, err := Parse(got.String()); err != nil || again != got {
			t.Errorf("Parse(%q) = %+v, %v; want %+v", got.String(), again, err, got)
		}
	}
}

func TestParseErrorsSayWhatAndWhatInstead(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "it is empty: write host:port",
		"a=":                         "it is empty",
		"htp://:80":                  `unknown scheme "htp": use tcp, tcp4, tcp6, udp`,
		"://:80":                     `unknown scheme "": use tcp`,
		"tcp:8080":                   `"tcp" is a scheme without //: write tcp://host:port`,
		"localhost":                  "the port is missing: write host:port",
		"localhost:":                 `the port is missing after ":"`,
		"tcp://8080":                 "write :8080 for the port",
		"[::1]":                      "the port is missing",
		"tcp://":                     "the port is missing",
		":65536":                     "the port 65536 is out of range: use 0",
		"123456":                     "the port 123456 is out of range",
		":http":                      `the port "http" is not a number`,
		":-1":                        `the port "-1" is not a number`,
		":80/":                       `the port "80/" is not a number`,
		"::1:80":                     "write an IPv6 address in brackets",
		"[::1:80":                    "it is not host:port",
		"[zz::1]:80":                 "neither a name nor an IP address",
		"127.0.0.300:80":             "is not an IPv4 address: write four numbers",
		"*:80":                       "leave it empty for every address",
		"a b:80":                     `has ' '`,
		"tcp4://[::1]:80":            "::1 is not an IPv4 address: use tcp6",
		"udp6://127.0.0.1:80":        "127.0.0.1 is not an IPv6 address: use udp4",
		"tcp://:80?mode=0660":        "only unix paths take options",
		"unix:":                      "the path is missing: write unix:///path or unix:@name",
		"unix:@":                     "the abstract name is empty",
		"unix://run/x.sock":          `the path "run/x.sock" is relative: write unix:///path`,
		"unix:///run/":               "is a directory",
		"unix:/a%00b":                "NUL",
		"unix:/a%zz":                 "write %XX, and %25 for % itself",
		"unix:/" + pathOf(maxPath):   "the system allows at most",
		"unix:@" + pathOf(maxPath+1): "the system allows at most",
		"unix:@x?mode=0660":          "an abstract socket has no file",
		"unix:/x?mode=rw":            `the mode "rw" is not octal permissions: use 0001 to 0777`,
		"unix:/x?mode=0888":          "is not octal",
		"unix:/x?mode=1777":          "is not octal",
		"unix:/x?mode=0":             "is not octal",
		"unix:/x?mode":               "is not octal",
		"unix:/x?owner=":             `the option "owner" is empty`,
		"unix:/x?group":              `the option "group" is empty`,
		"unix:/x?":                   `unknown option "": use mode, owner or group`,
		"unix:/x?uid=3":              `unknown option "uid": use mode, owner or group`,
		"unix:/x?owner=a&owner=b":    `the option "owner" is given twice`,
		"=:80":                       `the name before "=" is empty`,
		"a:b=:80":                    `the name "a:b" has ':'`,
		"a:b=tcp://:80":              `the name "a:b" has ':'`,
		"a=b=:80":                    `the name "a=b" has '='`,
		"a b=:80":                    `the name "a b" has ' '`,
		"é=:80":                      `the name "é" has 'é'`,
		pathOf(256) + "=:80":         "the name has 256 bytes: use at most 255",
	} {
		a, err := Parse(in)
		if err == nil || !strings.Contains(err.Error(), want) || a != (Address{}) {
			t.Errorf("Parse(%q) = %+v, %v; want an error with %q", in, a, err, want)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "cannot use address ") {
			t.Errorf("Parse(%q): %v does not say which address", in, err)
		}
	}
}

func pathOf(n int) string { return strings.Repeat("p", n) }

func TestParseTakesTheLongestPath(t *testing.T) {
	for _, s := range []string{"unix:/" + pathOf(maxPath-1), "unix:@" + pathOf(maxPath), pathOf(255) + "=:80"} {
		if _, err := Parse(s); err != nil {
			t.Error(err)
		}
	}
}

func TestStream(t *testing.T) {
	want := map[string]bool{
		"tcp": true, "tcp4": true, "tcp6": true, "unix": true, "unixpacket": true,
		"udp": false, "udp4": false, "udp6": false, "unixgram": false,
	}
	for network, stream := range want {
		if got := (Address{Network: network}).Stream(); got != stream {
			t.Errorf("%s: Stream() = %v", network, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"8080", ":80", "http=tcp://127.0.0.1:80", "tcp6://[fe80::1%25]:1", "udp://:53",
		"s=unix:///run/x%3F.sock?mode=0660&owner=www&group=33", "unix:@a=b", "a:b=:80", "htp://x", "unix:/\xff",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := Parse(s)
		if err != nil {
			return
		}
		if a.Name != "" && checkName(a.Name) != nil {
			t.Errorf("Parse(%q) let the name %q pass", s, a.Name)
		}
		a.Name = ""
		if again, err := Parse(a.String()); err != nil || again != a {
			t.Errorf("Parse(%q) = %+v; its String %q gives %+v, %v", s, a, a.String(), again, err)
		}
	})
}
