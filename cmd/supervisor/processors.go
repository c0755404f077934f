package main

import (
	"slices"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/footprint"
)

// yield leaves all processors but one to the services, which need them when a version
// starts, unless connections go through this program, or it builds and bundles.
func (d *daemon) yield(conf *config.Config) {
	footprint.Processors(d.settings.mode == config.Dev || slices.ContainsFunc(conf.Services, config.Service.Relayed))
}
