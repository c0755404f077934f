package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// mainPackage finds the one program of the Go module around this directory.
func mainPackage(ctx context.Context) (string, error) {
	mains, err := rebuild.MainPackages(ctx, ".")
	if err != nil {
		return "", &usageError{err.Error(), "give a command: supervisor dev -- ./server, or a config: supervisor dev -c FILE"}
	}
	switch len(mains) {
	case 0:
		return "", &usageError{"there is no main package in this module", "go where one is, or give a command: supervisor dev -- ./server"}
	case 1:
		return mains[0].Dir, nil
	}
	var list strings.Builder
	for _, m := range mains {
		fmt.Fprintf(&list, "\n  supervisor dev %s", m.Dir)
	}
	return "", &usageError{fmt.Sprintf("there are %d main packages in this module", len(mains)), "pick one:" + list.String()}
}
