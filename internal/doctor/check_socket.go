package doctor

import "strings"

// checkSockets judges whether each serving generation takes the sockets that it is
// given. That it does is seen with servers that wait by epoll, which most do; one
// that waits otherwise is judged by what it leaves undone.
func checkSockets(trees []Tree) (all []Finding) {
	for _, t := range trees {
		for _, k := range t.Sockets {
			switch t.Phase {
			case "serving":
				all = append(all, t.takes(k))
			case "draining":
				all = append(all, t.letsGo(k)...)
			}
		}
	}
	return all
}

func (t Tree) takes(k Held) Finding {
	why := "clients connect, wait in its queue, and get no answer"
	mend := "take it as docs/protocols.md says, or leave listen out of services." + t.Service
	switch {
	case !k.Open && t.Hidden:
		return fine("socket", "%s #%d: cannot see whether it takes %s", t.Service, t.Generation, k.Address)
	case !k.Open:
		return problem("socket", "%s #%d (pid %d) has closed %s (%s)", t.Service, t.Generation, t.PID, k.Name, k.Address).
			because("%s", why).mended("%s", mend)
	case k.Polled && k.Waiting > 0:
		return warn("socket", "%s #%d (pid %d) is slow to take %s (%s): %d connections wait there", t.Service, t.Generation, t.PID, k.Name, k.Address, k.Waiting).
			because("its clients wait before it even sees them").mended("supervisor reload %s, or more workers for it", t.Service)
	case k.Polled:
		return fine("socket", "%s #%d takes %s (%s)", t.Service, t.Generation, k.Name, k.Address)
	case k.Waiting > 0:
		return problem("socket", "%s #%d (pid %d) does not take %s (%s): %d connections wait there", t.Service, t.Generation, t.PID, k.Name, k.Address, k.Waiting).
			because("%s", why).mended("%s", mend)
	case len(t.Own) > 0:
		return warn("socket", "%s #%d (pid %d) listens on %s of its own, and nothing shows that it takes %s (%s)",
			t.Service, t.Generation, t.PID, strings.Join(t.Own, ", "), k.Name, k.Address).
			because("%s", why).mended("%s", mend)
	}
	return fine("socket", "%s #%d has %s (%s) open", t.Service, t.Generation, k.Name, k.Address)
}

// letsGo: what drains has to stop accepting first.
func (t Tree) letsGo(k Held) []Finding {
	if !k.Polled {
		return nil
	}
	return []Finding{problem("drain", "%s #%d (pid %d) was told to end by %s and still accepts on %s (%s)",
		t.Service, t.Generation, t.PID, t.Signal, k.Name, k.Address).
		because("part of the new clients get the old version, until it is killed").
		mended("let it stop accepting on %s, or name another signal in drain.signal of services.%s", t.Signal, t.Service)}
}

// checkSignals judges what the drain signal will do, before it is sent.
func checkSignals(trees []Tree) (all []Finding) {
	for _, t := range trees {
		switch {
		case t.Phase != "serving":
		case t.Ignores:
			all = append(all, problem("drain", "%s #%d (pid %d) ignores %s", t.Service, t.Generation, t.PID, t.Signal).
				because("it cannot drain: at each handoff it is killed after drain.timeout, with the connections that it has").
				mended("handle %s, or name another signal in drain.signal of services.%s", t.Signal, t.Service))
		case t.Default:
			all = append(all, warn("drain", "%s #%d (pid %d) does not handle %s, which ends it at once", t.Service, t.Generation, t.PID, t.Signal).
				because("the requests that it is answering at a handoff are cut off").
				mended("handle %s, or name another signal in drain.signal of services.%s", t.Signal, t.Service))
		}
	}
	return all
}
