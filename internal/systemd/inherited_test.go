package systemd

import (
	"slices"
	"testing"
)

func TestAnnounced(t *testing.T) {
	for _, c := range []struct {
		fds, pid, names string
		want            []string
		bad             bool
	}{
		{"", "", "", nil, false},
		{"2", "", "", nil, false},
		{"2", "8", "a:b", nil, false},
		{"0", "7", "", []string{}, false},
		{"2", "7", "", []string{"", ""}, false},
		{"2", "7", "a:b", []string{"a", "b"}, false},
		{"2", "7", "a:", []string{"a", ""}, false},
		{"2", "7", "a", nil, true},
		{"2", "7", "a:b:c", nil, true},
		{"-1", "7", "", nil, true},
		{"99999999", "7", "", nil, true},
		{"x", "7", "", nil, true},
	} {
		env := map[string]string{"LISTEN_FDS": c.fds, "LISTEN_PID": c.pid, "LISTEN_FDNAMES": c.names}
		got, err := announced(7, func(key string) string { return env[key] })
		if !slices.Equal(got, c.want) || (err != nil) != c.bad {
			t.Errorf("announced(%v) = %q, %v", env, got, err)
		}
	}
}

func FuzzAnnounced(f *testing.F) {
	f.Add("2", "7", "a:b")
	f.Add("-1", "7", "")
	f.Add("1", "7", ":::")
	f.Fuzz(func(t *testing.T, fds, pid, names string) {
		env := map[string]string{"LISTEN_FDS": fds, "LISTEN_PID": pid, "LISTEN_FDNAMES": names}
		got, err := announced(7, func(key string) string { return env[key] })
		if err != nil && got != nil || len(got) > most || pid != "7" && len(got) > 0 {
			t.Errorf("announced(%q) = %d names, %v", env, len(got), err)
		}
	})
}
