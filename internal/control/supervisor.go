package control

import (
	"context"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// Supervisor is what the API makes available.
type Supervisor interface {
	// Status tells how everything stands.
	Status(ctx context.Context) (Status, error)

	// Changes returns a channel that is closed when Status may tell something else than
	// it did before this call. How many connections there are does not count.
	Changes() <-chan struct{}

	// Reload asks for a new generation of the named services, of all without a
	// name, and returns when every verdict is there, one result a service. The end
	// of ctx ends the waiting, not the work. With *UnknownServiceError or
	// *ConfigError nothing was begun.
	Reload(ctx context.Context, services []string) ([]Result, error)

	// Scale has a service run with so many workers, and returns when it does or when
	// that has failed and all is as before. The end of ctx ends the waiting, not the
	// work. With *UnknownServiceError or *FixedError nothing was begun.
	Scale(ctx context.Context, s Scaling) (Scaled, error)
	// Rollback puts the artifact in service that served before, and returns when the
	// verdict is there, as Reload does. With *UnknownServiceError or *NoRollbackError
	// nothing was begun.
	Rollback(ctx context.Context, service string) (Result, error)

	// Stop drains everything, returns when nothing is left, and the supervisor ends.
	// The end of ctx ends the waiting, not the draining.
	Stop(ctx context.Context) error

	// Upgrade has the supervisor's executable, as its file is now, take over, and
	// returns when it has. Errors: *UpgradeError, after which everything is as before;
	// *SucceededError.
	Upgrade(ctx context.Context) (Upgraded, error)

	// Follow begins to follow what happens, for the caller to close. Errors:
	// *UnknownServiceError.
	Follow(ctx context.Context, f Filter) (*Follower, error)
}

// Upgraded is the supervisor that has taken over.
type Upgraded struct {
	PID int `json:"pid"`
}

// Result is how a reload or a rollback ended for one service.
type Result struct {
	Service string `json:"service"`
	lifecycle.Verdict
}
