package rebuild

import (
	"context"
	"errors"
)

// turn lets one Build or Prepare run at a time. Prepare holds it until somebody
// else wants it.
type turn struct {
	held   chan struct{} // holds one value while somebody has the turn
	wanted chan struct{} // tells Prepare to give way
}

// errWanted is why a Prepare gave way.
var errWanted = errors.New("a build began")

func newTurn() turn {
	return turn{held: make(chan struct{}, 1), wanted: make(chan struct{})}
}

func (t turn) take() {
	for {
		select {
		case t.held <- struct{}{}:
			return
		case t.wanted <- struct{}{}:
		}
	}
}

func (t turn) leave() { <-t.held }

// takeUntilWanted returns a context that ends when somebody else wants the turn.
func (t turn) takeUntilWanted(ctx context.Context) (context.Context, func(), error) {
	select {
	case t.held <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, ended(ctx)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-t.wanted:
			cancel(errWanted)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil); <-watched; t.leave() }, nil
}
