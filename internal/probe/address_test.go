package probe

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
)

func TestHostPort(t *testing.T) {
	for in, want := range map[string]string{
		"http://host/path":     "host:80",
		"https://host":         "host:443",
		"http://:8080/":        "",
		"http://[::1]:8080/":   "[::1]:8080",
		"http://127.0.0.1?a=b": "127.0.0.1:80",
		"unix:///run/s":        "",
		"http:///path":         "",
		"ftp://host/":          "",
		"host:80":              "",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		got, err := hostPort(u)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestUnusableAddresses(t *testing.T) {
	probes := map[string]func(context.Context, string, Belongs) error{"tcp": TCP, "http": HTTP}
	for kind, addrs := range map[string][]string{
		"tcp":  {"", "8080", "host:", "unix:///run/s", "/run/s", "@abstract", "http://host:80"},
		"http": {"", "host:80", "unix:///run/s", "http://", "http://host:port/", "ftp://host"},
	} {
		for _, addr := range addrs {
			err := probes[kind](t.Context(), addr, nil)
			if _, ok := errors.AsType[*UnsupportedError](err); !ok || !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("%s %q: %v", kind, addr, err)
			} else if !strings.Contains(err.Error(), "cannot probe") {
				t.Errorf("%s %q: no word of what failed: %v", kind, addr, err)
			}
		}
	}
}
