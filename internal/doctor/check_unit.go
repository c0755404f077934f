package doctor

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

func checkUnits(units []Unit) (all []Finding) {
	for _, u := range units {
		if len(u.Said) == 0 && !u.Rejected {
			all = append(all, fine("unit", "systemd accepts %s", u.File))
		}
		for _, line := range u.Said {
			all = append(all, u.judge(line))
		}
	}
	return all
}

// judge: systemd-analyze ends with success when systemd would only ignore a line.
func (u Unit) judge(said string) Finding {
	line, text := complaint(said, filepath.Base(u.File))
	place := u.File
	if line > 0 {
		place += fmt.Sprintf(":%d", line)
	}
	mend := editAt(u.File, max(line, 1))
	if strings.HasPrefix(filepath.ToSlash(u.File), "/etc/systemd/") {
		mend = "sudo systemctl edit --full " + quote(filepath.Base(u.File))
	}
	switch {
	case strings.Contains(said, "is not executable"):
		return warn("unit", "%s: %s", place, text).because("systemd cannot start the unit on this machine").mended("%s", mend)
	case u.Rejected:
		return problem("unit", "%s: %s", place, text).because("systemd refuses the unit").mended("%s", mend)
	}
	return warn("unit", "%s: %s", place, text).because("systemd starts the unit and leaves this setting out").mended("%s", mend)
}

// complaint splits "/path/web.service:3: text" and "web.service: text"; the line is
// 0 if there is none.
func complaint(said, name string) (line int, text string) {
	_, rest, ok := strings.Cut(said, name+":")
	if !ok {
		return 0, said
	}
	if number, after, ok := strings.Cut(rest, ": "); ok {
		if n, err := strconv.Atoi(number); err == nil {
			return n, after
		}
	}
	return 0, strings.TrimSpace(rest)
}
