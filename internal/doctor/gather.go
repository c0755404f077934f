package doctor

import (
	"context"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
)

// gatherTime bounds all the looking together. What is not known by then is left out.
const gatherTime = 8 * time.Second

// betweenLooks is the time between two looks at a queue: what waits at both was not
// accepted all the time, or the service cannot keep up.
const betweenLooks = time.Second

// Options say where to look.
type Options struct {
	Dir     string   // where services without a directory of their own are; absolute
	Environ []string // of the one who asks
	// Files, Config and ConfigErr are what loading the config came to.
	Files     []string
	Config    *config.Config
	ConfigErr error
	// Control names the socket of the supervisor that is meant.
	Control control.PathOptions
	// Silent names the file system under a directory if it does not report
	// changes, and is "" for all others. Nil: file systems are not checked.
	Silent func(dir string) string
}

// Gather looks at the machine, for a few seconds at most. It starts the go command
// and systemd-analyze, opens the addresses of the config for a moment, and asks the
// supervisor that runs.
func Gather(ctx context.Context, o Options) Facts {
	ctx, cancel := context.WithTimeout(ctx, gatherTime)
	defer cancel()
	f := Facts{Now: time.Now(), Files: o.Files, Config: o.Config, ConfigErr: o.ConfigErr}
	collect(ctx, &f, []look{
		func() add { g := lookAtGo(ctx, o); return func(f *Facts) { f.Go = g } },
		func() add { c := findCommands(o); return func(f *Facts) { f.Commands = c } },
		func() add { a := tryAddresses(ctx, o.services()); return func(f *Facts) { f.Addresses = a } },
		func() add { n := lookAtInotify(ctx, o); return func(f *Facts) { f.Inotify = n } },
		func() add { t := lookAtFileSystems(o); return func(f *Facts) { f.Trees = t } },
		func() add { u := verifyUnits(ctx, o); return func(f *Facts) { f.Units = u } },
		func() add { return lookAtSupervisor(ctx, o) },
	})
	return f
}

func lookAtSupervisor(ctx context.Context, o Options) add {
	c, st := askSupervisor(ctx, o.Control)
	var kernel []Tree
	if st != nil {
		kernel = lookAtKernel(ctx, *st, o.services(), betweenLooks)
	}
	return func(f *Facts) { f.Control, f.Status, f.Kernel = c, st, kernel }
}

// A look finds something out, in a goroutine of its own; what it returns adds that to
// the facts.
type (
	look func() add
	add  func(*Facts)
)

// collect waits for all that end when ctx does, and a little longer. A look into a
// directory of a server that is gone does not end: that one is left to itself, and can
// no longer add anything.
func collect(ctx context.Context, f *Facts, looks []look) {
	found := make(chan add, len(looks))
	for _, l := range looks {
		go func() { found <- l() }()
	}
	ended, late := ctx.Done(), (<-chan time.Time)(nil)
	for missing := len(looks); missing > 0; {
		select {
		case a := <-found:
			a(f)
			missing--
		case <-ended:
			ended, late = nil, time.After(grace)
		case <-late:
			f.Late = missing
			return
		}
	}
}

// grace is how long a look may take to end after it was told to.
const grace = 2 * time.Second

func (o Options) services() []config.Service {
	if o.Config == nil {
		return nil
	}
	return o.Config.Services
}
