package supervise

import "context"

// watch has changes of files ask for new generations, by the newest settings.
func (s *Supervisor) watch(v *service) {
	if v.unwatch != nil {
		v.unwatch()
		v.unwatch = nil
	}
	if v.spec.Watch == nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	v.unwatch = cancel
	spec, built := v.spec, v.built
	changed := func(force bool) {
		s.do(func() {
			if ctx.Err() == nil {
				s.request(v, force)
			}
		})
	}
	notice := func(err error) {
		s.do(func() { s.observe(Report{Service: v.name, Kind: Notice, Text: err.Error()}) })
	}
	s.jobs.Go(func() {
		if err := s.world.Watch(ctx, spec, built, changed, notice); err != nil && ctx.Err() == nil {
			notice(err)
		}
	})
}
