package air

// ending translates how a process is told to end. air kills at once unless it is told
// to interrupt; here every old version gets the time of drain.timeout, since the new
// one serves by then.
func (t *translation) ending() {
	interrupt, delay := t.yes("build.send_interrupt"), t.grace("build.kill_delay")
	origin := t.origin("build.kill_delay")
	if interrupt && t.System != "windows" {
		t.put("drain.signal", t.origin("build.send_interrupt"), "INT")
	}
	switch {
	case interrupt && delay > 0:
		t.put("drain.timeout", origin, delay.String())
	case !interrupt && t.restarts():
		// air kills at once, and here nothing serves until the old version has ended.
		t.put("drain.timeout", "", "2s")
	case interrupt:
		t.warn(t.origin("build.send_interrupt"), "build.send_interrupt without build.kill_delay gives the program no time in air; here it has 30s (drain.timeout)")
	}
	if delay > 0 && !interrupt {
		t.warn(origin, "build.kill_delay means nothing without build.send_interrupt, as in air: drain.timeout is how long an old version may take to end")
	}
	if post := t.list("build.post_cmd"); len(post) > 0 {
		t.warn(t.origin("build.post_cmd"), "build.post_cmd is not run: write it after the supervisor, as in: supervisor; %s", post[0])
	}
}
