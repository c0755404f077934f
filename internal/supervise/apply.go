package supervise

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// Apply makes these the services. New addresses are opened first: if one cannot
// be, nothing has changed and its error is returned. A service that is not named
// any more drains. It returns the names of those that run something else now, or
// did not run: they want a Reload. Addresses that are not wanted any more close
// when the last generation that used them is gone.
func (s *Supervisor) Apply(ctx context.Context, services []Service) (changed []string, err error) {
	select {
	case s.applying <- struct{}{}:
		defer func() { <-s.applying }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	held := map[string]bool{}
	if err := s.ask(ctx, func() {
		s.coming = services
		for k := range s.sockets {
			held[k] = true
		}
	}); err != nil {
		return nil, err
	}
	opened, err := s.open(ctx, services, held)
	if err != nil {
		s.do(func() { s.coming = nil; s.release() })
		return nil, err
	}
	// From here on it is not given up half done.
	var denied error
	err = s.ask(context.WithoutCancel(ctx), func() {
		s.coming = nil
		if denied = s.permit(services); denied == nil {
			s.keep(opened)
			changed = s.configure(services)
		}
	})
	if err = cmp.Or(err, denied); err != nil {
		closeAll(opened)
	}
	return changed, err
}

// permit has the paths of held sockets follow the settings.
func (s *Supervisor) permit(services []Service) error {
	for _, spec := range services {
		for _, a := range spec.Sockets {
			if k := s.sockets[place(a)]; k != nil {
				if err := k.Permit(a); err != nil {
					s.release()
					return err
				}
			}
		}
	}
	return nil
}

// open opens what is not held yet, all or nothing.
func (s *Supervisor) open(ctx context.Context, services []Service, held map[string]bool) (opened []Socket, err error) {
	for _, spec := range services {
		for _, a := range spec.Sockets {
			if held[place(a)] {
				continue
			}
			socket, err := s.world.Open(ctx, a)
			if err != nil {
				closeAll(opened)
				return nil, err
			}
			held[place(a)] = true
			opened = append(opened, socket)
		}
	}
	return opened, nil
}

func closeAll(sockets []Socket) {
	for _, k := range sockets {
		k.Close()
	}
}

// place is what two addresses must not share. With port 0 the system chooses, so
// that only the name tells two of them apart.
func place(a listener.Address) string {
	if strings.HasSuffix(a.Addr, ":0") {
		return a.Network + " " + a.Addr + " " + a.Name
	}
	return a.Network + " " + a.Addr
}

func (s *Supervisor) keep(opened []Socket) {
	for _, k := range opened {
		s.sockets[place(k.Address())] = k
		s.observe(Report{Kind: Listening, Text: k.Address().Name + " " + k.Address().String()})
	}
}

func (s *Supervisor) configure(services []Service) (changed []string) {
	s.order = nil
	for _, spec := range services {
		s.order = append(s.order, spec.Name)
		if s.adjust(spec) {
			changed = append(changed, spec.Name)
		}
	}
	s.disown()
	s.resume()
	for name, v := range s.services {
		if !slices.Contains(s.order, name) {
			v.reborn = nil
			s.happen(v, lifecycle.Stop{})
		}
	}
	s.release()
	s.changed()
	return changed
}

// adjust gives one service its new settings and reports whether it is to run
// something else now.
func (s *Supervisor) adjust(spec Service) bool {
	v := s.services[spec.Name]
	switch {
	case s.stopping:
		return false
	case v == nil || v.state.Stopped:
		s.add(v, spec)
		return true
	case v.state.Stopping:
		v.reborn = &spec
		return false
	}
	same, was := v.spec.Same(spec), v.spec.Watch
	v.spec = spec
	if !same {
		v.speaks, v.told = false, false // it may be another program
	}
	if !same || !v.spec.Watch.same(was) {
		s.watch(v)
	}
	return !same
}

// add begins with a service that is new, or that was gone (former).
func (s *Supervisor) add(former *service, spec Service) *service {
	v := s.newService(spec)
	if former != nil {
		v.state.Last, v.state.LastProc = former.state.Last, former.state.LastProc
	}
	s.enter(v)
	s.services[spec.Name] = v
	s.watch(v)
	return v
}

// release closes the sockets that no settings name and no generation holds.
func (s *Supervisor) release() {
	needed := map[string]bool{}
	for _, spec := range s.coming {
		needSockets(needed, spec)
	}
	for _, v := range s.services {
		if !v.state.Stopping {
			needSockets(needed, v.spec)
		}
		if v.reborn != nil {
			needSockets(needed, *v.reborn)
		}
		for _, g := range v.gens {
			needSockets(needed, g.spec)
		}
	}
	for at, k := range s.sockets {
		if !needed[at] {
			delete(s.sockets, at)
			k.Close()
			s.observe(Report{Kind: Closed, Text: k.Address().Name + " " + k.Address().String()})
		}
	}
}

func needSockets(needed map[string]bool, spec Service) {
	for _, a := range spec.Sockets {
		needed[place(a)] = true
	}
}
