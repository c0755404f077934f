package config

import (
	"cmp"
	"slices"
	"strings"
	"syscall"

	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

// handoffs are the values of handoff.by.
func handoffs() []string {
	all := []string{string(HandoffAuto)}
	for _, p := range handoff.Protocols() {
		all = append(all, p.Name())
	}
	return append(all, string(HandoffAdopt), string(HandoffRelay), string(HandoffRestart))
}

// Protocol is how the service is given its sockets, and stopped: the one that is
// named, or the one that its program is known to need.
func (s Service) Protocol() handoff.Protocol {
	if s.Relayed() {
		return handoff.Systemd{}
	}
	if p, ok := handoff.ProtocolNamed(string(s.Handoff.By)); ok {
		return p
	}
	return handoff.Recognize(s.Command)
}

// stops chooses the signal that the service drains at, if no other is set.
func (s *Service) stops() {
	if s.Drain.Signal == 0 {
		s.Drain.Signal = cmp.Or(signals()[s.Protocol().Facts().Stop], syscall.SIGTERM)
	}
}

// placeholdersAreKnown: what asks for the number of a socket names one of the service.
func (r reader) placeholdersAreKnown(s Service) {
	if r.isBroken("listen") {
		return
	}
	var names []string
	for _, a := range s.Listen {
		names = append(names, a.Name)
	}
	check := func(key string, words []string) {
		for _, asked := range handoff.Placeholders(strings.Join(words, "\n")) {
			if slices.Contains(names, asked) {
				continue
			}
			f := wrong("{{fd %q}} is none of the sockets of listen", asked).hinted("known: %s", strings.Join(names, ", "))
			if len(names) == 0 {
				f = f.hinted("add it to listen")
			}
			r.report(key, f)
		}
	}
	check("command", s.Command)
	check("args", s.Args)
	check("env", s.Env)
}
