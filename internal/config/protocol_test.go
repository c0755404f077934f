//go:build unix

package config

import (
	"syscall"
	"testing"
)

func TestProtocolOfAService(t *testing.T) {
	for _, c := range []struct {
		text, protocol string
		signal         syscall.Signal
	}{
		{`command = ["/usr/sbin/nginx"]`, "nginx", syscall.SIGQUIT},
		{`command = ["/usr/sbin/nginx"]` + "\ndrain.signal = \"INT\"", "nginx", syscall.SIGINT},
		{`command = ["/usr/sbin/nginx"]` + "\nhandoff.by = \"adopt\"", "nginx", syscall.SIGQUIT},
		{`command = ["/usr/sbin/nginx"]` + "\nhandoff.by = \"systemd\"", "systemd", syscall.SIGTERM},
		{`command = ["bundle", "exec", "unicorn"]` + "\nhandoff.by = \"unicorn\"", "unicorn", syscall.SIGQUIT},
		{`command = ["x"]` + "\nhandoff.by = \"einhorn\"", "einhorn", syscall.SIGUSR2},
		{`command = ["x"]`, "auto", syscall.SIGTERM},
	} {
		conf, err := Load(in(t, tomlFile("[services.web]\n"+c.text), Options{}))
		if err != nil {
			t.Fatal(err)
		}
		s := conf.Services[0]
		if got := s.Protocol().Name(); got != c.protocol || s.Drain.Signal != c.signal {
			t.Errorf("%s: %s and %v, want %s and %v", c.text, got, s.Drain.Signal, c.protocol, c.signal)
		}
	}
}
