//go:build real

package real

import (
	"strings"
	"testing"
)

// The units are well formed, and not more exposed than 3.0.
func TestSystemdSecurity(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		b.newInstance(t, "web")
		if text, code := b.try("systemd-analyze", "security", "--no-pager", "--threshold=30", "--offline=true", "supervisor@web.service"); code != 0 {
			t.Errorf("it is too exposed:\n%s", text)
		}
		b.write("/etc/systemd/system/supervisor@web.socket.d/listen.conf", "[Socket]\nListenStream=127.0.0.1:1\n")
		b.must("sh", "-ec", `d=/etc/systemd/system/supervisor@web.service.d; mkdir -p $d; cp /opt/deploy/systemd/examples/web.conf $d`)
		// It exits with 0 whatever it finds: what it prints counts.
		text, _ := b.try("systemd-analyze", "verify", "--man=no", "supervisor@web.service", "supervisor@web.socket")
		for line := range strings.Lines(text) {
			if strings.Contains(line, "supervisor@") || strings.Contains(line, "web.conf") {
				t.Error(line)
			}
		}
	})
}

// With the drop-in for it an instance is a user's, and no part of it is root's.
func TestSystemdUser(t *testing.T) {
	onEachSystemd(t, func(t *testing.T, b *bed) {
		b.must("useradd", "--system", "web")
		i := b.newInstance(t, "web")
		b.must("sh", "-ec", `d=/etc/systemd/system/supervisor@web.service.d; mkdir -p $d; cp /opt/deploy/systemd/examples/user.conf $d; systemctl daemon-reload`)
		i.systemctl("start")
		first := i.serves()
		i.systemctl("reload")
		if i.serves() == first {
			t.Error("nothing was handed off")
		}
		if got := strings.TrimSpace(b.must("supervisor", "status", "--control", "/run/supervisor-web/control")); !strings.Contains(got, "serving") {
			t.Errorf("supervisor status says\n%s", got)
		}
		uids := strings.Fields(b.must("sh", "-ec", `for p in $(cat "/sys/fs/cgroup$(systemctl show --value -p ControlGroup "$0")/cgroup.procs"); do stat -c %U /proc/$p; done`, i.unit()))
		if len(uids) < 2 || strings.Trim(strings.Join(uids, ""), "web") != "" {
			t.Errorf("its processes are those of %q", uids)
		}
		if text, code := b.try("systemd-analyze", "security", "--no-pager", "--threshold=25", "--offline=true", i.unit()); code != 0 {
			t.Errorf("it is too exposed:\n%s", text)
		}
	})
}
