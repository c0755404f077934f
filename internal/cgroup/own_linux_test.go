package cgroup

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"
)

const (
	hybridGroups = "9:name=systemd:/\n4:memory:/process/a b\n2:cpuacct,cpu:/\n0::/\n"
	hybridMounts = `30 25 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw
31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:1 - cgroup cgroup rw,cpu,cpuacct
32 30 0:28 /process /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
33 30 0:29 / /sys/fs/cgroup/unified rw,relatime shared:2 master:3 - cgroup2 cgroup2 rw
`
	unifiedGroups = "0::/system.slice/supervisor@web.service/supervisor\n"
	unifiedMounts = "33 30 0:29 / /sys/fs/c\\040group rw,relatime shared:2 - cgroup2 cgroup2 rw,nsdelegate\n"
)

func TestLocate(t *testing.T) {
	for _, tt := range []struct {
		name, groups, mounts, second string
		first                        map[string]string
	}{
		{"both versions", hybridGroups, hybridMounts, "/sys/fs/cgroup/unified",
			map[string]string{"cpu": "/sys/fs/cgroup/cpu,cpuacct", "cpuacct": "/sys/fs/cgroup/cpu,cpuacct", "memory": "/sys/fs/cgroup/memory/a b"}},
		{"version 2", unifiedGroups, unifiedMounts, "/sys/fs/c group/system.slice/supervisor@web.service/supervisor", nil},
		{"another part is mounted", "4:memory:/processes\n", hybridMounts, "", nil},
		{"nothing", "", "", "", nil},
	} {
		o := locate(tt.groups, tt.mounts, "/")
		if o.second != tt.second || !maps.Equal(o.first, tt.first) {
			t.Errorf("%s: got %q and %q", tt.name, o.second, o.first)
		}
	}
}

// FuzzLocate: whatever the files say, what is found is below the root.
func FuzzLocate(f *testing.F) {
	f.Add(hybridGroups, hybridMounts)
	f.Add(unifiedGroups, unifiedMounts)
	f.Add("0::/../..\n", unifiedMounts)
	f.Fuzz(func(t *testing.T, groups, mounts string) {
		o := locate(groups, mounts, "/root")
		for _, dir := range append([]string{o.second}, o.first["memory"], o.first["cpu"]) {
			if dir != "" && !strings.HasPrefix(filepath.Clean(dir)+"/", "/root/") {
				t.Errorf("%q", dir)
			}
		}
	})
}
