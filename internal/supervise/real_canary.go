package supervise

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/probe"
)

// canaryTime is how long the answer to the check of a canary may take.
const canaryTime = 10 * time.Second

var errCanaryTime = fmt.Errorf("no answer within %v", canaryTime)

// CheckCanary runs the program once, with what it has to know in its environment.
func (y *System) CheckCanary(ctx context.Context, t Trial) error {
	ctx, cancel := context.WithTimeoutCause(ctx, canaryTime, errCanaryTime)
	defer cancel()
	main := 0
	if len(t.Children) > 0 {
		main = t.Children[0].PID()
	}
	env := environment(t.Service, main,
		"SUPERVISOR_GENERATION="+strconv.Itoa(t.Generation),
		"SUPERVISOR_VERSION="+t.Artifact,
		"SUPERVISOR_PIDS="+pids(t.Children),
		"SUPERVISOR_SHARE="+strconv.Itoa(t.Share),
		"SUPERVISOR_SERVING_GENERATION="+strconv.Itoa(t.Serving),
		"SUPERVISOR_SERVING_PIDS="+pids(t.Others),
		"SUPERVISOR_ADDRESSES="+strings.Join(t.Addresses, " "),
	)
	return probe.Exec(ctx, t.Service.Canary, t.Service.Dir, env)
}

// pids are those of the processes, with blanks between them.
func pids(all []Child) string {
	var words []string
	for _, c := range all {
		words = append(words, strconv.Itoa(c.PID()))
	}
	return strings.Join(words, " ")
}
