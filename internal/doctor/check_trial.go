package doctor

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// checkTrial says which handoff a service that was run once will get, and what would
// make it better.
func checkTrial(t *Trial) []Finding {
	switch {
	case t == nil:
		return nil
	case t.StartErr != nil:
		return []Finding{problem("trial", "%s does not start: %v", t.Service, t.StartErr).
			because("nothing would serve").mended("%s", t.Command)}
	case t.Ended != nil:
		return []Finding{t.early()}
	}
	all := append(t.readiness(), t.handoff()...)
	return append(all, t.stop()...)
}

// early judges a service that ended by itself.
func (t *Trial) early() Finding {
	said := ""
	if len(t.Lines) > 0 {
		said = "; it printed last:\n  " + strings.Join(t.Lines, "\n  ")
	}
	if t.Ended.Code == 0 {
		return problem("trial", "%s ended with success after %v, as what goes to the background does%s", t.Service, rounded(t.Ended.Uptime), said).
			because(whyForeground).mended("run its command with the option for the foreground, or set once in services.%s if it is no server", t.Service)
	}
	return problem("trial", "%s ended by itself after %v: %s%s", t.Service, rounded(t.Ended.Uptime), t.Ended.Reason, said).
		because("nothing would serve").mended("%s", t.Command)
}

func (t *Trial) readiness() []Finding {
	switch {
	case t.Ready:
		return []Finding{fine("ready", "%s says READY=1, after %v", t.Service, rounded(t.UpIn))}
	case t.Spoke:
		return []Finding{problem("ready", "%s sent messages, but no READY=1 within %v", t.Service, t.Within).
			because("a new version never gets ready, and the old one stays").mended("send READY=1 once it can serve (docs/protocols.md)")}
	case t.Listens && len(t.Learnt) > 0:
		return []Finding{fine("ready", "%s is ready when it listens, after %v", t.Service, rounded(t.UpIn))}
	}
	return []Finding{warn("ready", "%s sends no READY=1: it will count as ready because it is still alive after a while", t.Service).
		because("a version that starts and cannot serve is promoted all the same").
		mended("%s=http supervisor, or send READY=1 (docs/protocols.md)", variable(t.Service, "ready.by"))}
}

// handoff says how the next version gets the sockets of this one.
func (t *Trial) handoff() []Finding {
	switch {
	case t.Given > 0:
		given := fine("handoff", "%s is given its sockets in the way of %s, and the next version gets the same", t.Service, cmp.Or(t.By, "systemd"))
		return append([]Finding{given}, checkSockets([]Tree{t.Tree})...)
	case t.Stored:
		return []Finding{fine("handoff", "%s leaves its sockets with the supervisor for its next version, as systemd's fd store", t.Service)}
	case t.Obstacle != nil:
		return []Finding{warn("handoff", "%s: %v", t.Service, t.Obstacle).
			because("two versions never overlap, so that nothing is answered in between").
			mended("give it its sockets: --listen, or listen in services.%s (docs/protocols.md)", t.Service)}
	case len(t.Learnt) > 0:
		return []Finding{fine("handoff", "%s binds %s for itself: its sockets are adopted, and both versions share the address", t.Service, strings.Join(t.Learnt, ", "))}
	case len(t.Tree.Own) > 0:
		return []Finding{warn("handoff", "%s listens on %s, a port that the system chose for it", t.Service, strings.Join(t.Tree.Own, ", ")).
			because("each version listens on another one, and clients do not find the next").
			mended("give it a port, or a socket: --listen 127.0.0.1:PORT")}
	}
	return []Finding{warn("handoff", "%s was not seen to listen on anything", t.Service).
		because("there is no socket to hand over: it is stopped before its next version starts").
		mended("give it a socket: --listen, or listen in services.%s", t.Service)}
}

const mendStop = "on %s stop accepting, answer what is under way, then exit (in Go: handoff.ListenAndServe, or http.Server.Shutdown)"

func (t *Trial) stop() []Finding {
	switch {
	case t.Killed && t.Tree.Ignores:
		return []Finding{problem("drain", "%s ignores %s, and was killed after %v", t.Service, t.Signal, t.Limit).
			because("at each handoff it is killed after drain.timeout, with the connections that it has").
			mended("handle %s, or name another signal in drain.signal of services.%s", t.Signal, t.Service)}
	case t.Killed:
		return []Finding{problem("drain", "%s did not end within %v after %s, and was killed", t.Service, t.Limit, t.Signal).
			because("each handoff takes that long, and what it still answers then is cut off").
			mended("let it end on %s, name another signal in drain.signal, or raise drain.timeout of services.%s", t.Signal, t.Service)}
	case t.UnderWay == CutOff:
		cut := warn("drain", "on %s %s ended after %v and cut off a request that was under way", t.Signal, t.Service, rounded(t.StopIn)).
			because("requests under way are lost at each handoff").mended(mendStop, t.Signal)
		if len(t.Learnt) > 0 {
			cut.Why = "since it is adopted it is asked to end only when no request is under way, but one on a connection that is kept alive can still meet its end"
		}
		return []Finding{cut}
	case t.UnderWay == Answered:
		return []Finding{fine("drain", "on %s %s answered the request that was under way and ended after %v", t.Signal, t.Service, rounded(t.StopIn))}
	}
	return []Finding{fine("drain", "on %s %s ended after %v; no request was under way: it speaks no HTTP", t.Signal, t.Service, rounded(t.StopIn))}
}

func rounded(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprint(d.Round(time.Millisecond))
	}
	return fmt.Sprint(d.Round(100 * time.Millisecond))
}
