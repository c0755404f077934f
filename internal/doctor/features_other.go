//go:build !linux

package doctor

import "context"

// Features are those of Linux, none of which is here.
func Features(context.Context) []Feature { return features(nil) }
