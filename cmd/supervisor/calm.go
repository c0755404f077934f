package main

import (
	"context"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/footprint"
)

// calm is how long nothing must have happened before memory is given back: what a
// handoff needed is needed again by the next one, if that follows at once.
const calm = 2 * time.Second

// keepSmall has little memory held, and gives it back each time that things have calmed
// down.
func (d *daemon) keepSmall(ctx context.Context) {
	if d.settings.mode == config.Run { // dev has esbuild in it
		footprint.Bound()
	}
	whenCalm(ctx, &d.pulse, footprint.Shed)
}

// whenCalm calls f once after each time of beats, until ctx ends.
func whenCalm(ctx context.Context, p *pulse, f func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wait():
		}
		for busy := true; busy; {
			select {
			case <-ctx.Done():
				return
			case <-p.wait():
			case <-time.After(calm):
				busy = false
			}
		}
		f()
	}
}
