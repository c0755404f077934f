package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

// Relayed reports whether connections are passed on to the service, which is given
// ports in place of sockets: because handoff.by says so, or because it asks for the
// number of a port, which nothing else has.
func (s Service) Relayed() bool {
	return s.Handoff.By == HandoffRelay || s.Handoff.By == HandoffAuto && len(s.portsAsked()) > 0
}

// words are where numbers may be asked for, by their keys.
func (s Service) words() map[string][]string {
	return map[string][]string{"command": s.Command, "args": s.Args, "env": s.Env}
}

// portsAsked are the names of the sockets whose ports are asked for, by the key in which
// they are.
func (s Service) portsAsked() map[string][]string {
	asked := map[string][]string{}
	for key, words := range s.words() {
		if names := handoff.PortPlaceholders(strings.Join(words, "\n")); len(names) > 0 {
			asked[key] = names
		}
	}
	return asked
}

// relayIsPossible: what is passed on are bytes of connections that the supervisor
// accepts, and each socket has a variable of its own.
func (r reader) relayIsPossible(s Service) {
	if r.isBroken("handoff.by", "listen") {
		return
	}
	r.portsAreKnown(s)
	if !s.Relayed() {
		return
	}
	if len(s.Listen) == 0 {
		r.report("handoff.by", wrong(`connections are passed on from sockets that the supervisor holds ("relay"), and listen is not set`).hinted(`add the public address to listen, such as ["http=tcp://:8080"]`))
	}
	variables := map[string]string{}
	for i, a := range s.Listen {
		v := handoff.PortVariable(a.Name, i == 0)
		f := fault{}
		switch {
		case !strings.HasPrefix(a.Network, "tcp") && a.Network != "unix":
			f = wrong(`%s cannot be relayed: only connections of tcp and unix sockets can`, a.String()).hinted(`let the service open it for itself, or take it over by another handoff.by`)
		case variables[v] != "":
			f = wrong(`sockets %q and %q would both be $%s`, variables[v], a.Name, v).hinted("rename one of them")
		default:
			variables[v] = a.Name
			continue
		}
		r.problems.add(r.at("listen", fmt.Sprint(i)), fmt.Sprintf("%s[%d]", r.path("listen"), i), f)
	}
	for key, words := range s.words() {
		if names := handoff.Placeholders(strings.Join(words, "\n")); len(names) > 0 {
			r.report(key, wrong(`{{fd %q}} asks for a descriptor, and a service that is relayed to has ports`, names[0]).hinted("write {{port %q}}", names[0]))
		}
	}
}

// portsAreKnown: what asks for a port names a socket of the service that has one.
func (r reader) portsAreKnown(s Service) {
	var names []string
	for _, a := range s.Listen {
		names = append(names, a.Name)
	}
	for key, asked := range s.portsAsked() {
		if !s.Relayed() {
			r.report(key, wrong(`{{port}} is for a service that is relayed to, and handoff.by is %q`, s.Handoff.By).hinted(`set handoff.by = "relay"`))
			continue
		}
		for _, name := range asked {
			if name != "" && !slices.Contains(names, name) {
				r.report(key, wrong("{{port %q}} is none of the sockets of listen", name).hinted("known: %s", strings.Join(names, ", ")))
			}
		}
	}
}
