package proc

import (
	"cmp"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Strays lists the trees of processes whose marks begin with prefix. The leader of
// a tree is the process that was started with its mark, which leads a group: so the
// oldest of those. If it is gone, the oldest of all stands for the tree.
func Strays(prefix string) []Stray {
	trees := map[string]Stray{}
	for _, pid := range processes() {
		s, ok := strayOf(pid, prefix)
		if !ok {
			continue
		}
		if first, known := trees[s.Mark]; !known || s.before(first) {
			trees[s.Mark] = s
		}
	}
	var all []Stray
	for _, s := range trees {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b Stray) int { return cmp.Compare(a.PID, b.PID) })
	return all
}

func strayOf(pid int, prefix string) (Stray, bool) {
	env, err := environ(pid)
	if err != nil {
		return Stray{}, false
	}
	s := Stray{Identity: Identity{PID: pid}, Env: map[string]string{}}
	for kv := range strings.SplitSeq(string(env), "\x00") {
		if strings.HasPrefix(kv, prefix) {
			s.Mark = kv
		}
		key, value, _ := strings.Cut(kv, "=")
		s.Env[key] = value
	}
	st, err := statOf(pid)
	s.Start, s.leads = st.start, st.group == pid
	return s, s.Mark != "" && err == nil && !st.ended()
}

func (s Stray) before(o Stray) bool {
	if s.leads != o.leads {
		return s.leads
	}
	return cmp.Or(cmp.Compare(s.Start, o.Start), cmp.Compare(s.PID, o.PID)) < 0
}

func processes() (all []int) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			all = append(all, pid)
		}
	}
	return all
}
