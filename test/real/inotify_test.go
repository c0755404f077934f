//go:build real

package real

import "testing"

// Without inotify the sources are polled, and the log says why. The limits are
// those of a user namespace of its own, see namespaces(7).
func TestNoInotify(t *testing.T) {
	for _, test := range []struct{ limit, says string }{
		{"max_inotify_instances", "polling, because no inotify instances or file descriptors are left (fs.inotify.max_user_instances="},
		{"max_inotify_watches", "polling, because no inotify watches are left (fs.inotify.max_user_watches="},
	} {
		t.Run(test.limit, func(t *testing.T) {
			t.Parallel()
			addr := free(t)
			r := newRunning(t)
			r.project(addr)
			r.start("unshare", "--user", "--map-root-user", "sh", "-c",
				`echo 0 > /proc/sys/user/`+test.limit+` && exec "$0" dev`, program("supervisor"))
			r.await("web #1 serving")
			r.await(test.says)
			r.answers("http://"+addr, "v1")
			r.release("v2")
			r.await("web #1 drained in ")
			r.answers("http://"+addr, "v2")
			r.stops()
		})
	}
}
