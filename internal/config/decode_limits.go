package config

import (
	"math"
	"strconv"
	"strings"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

// The bounds of nice values and of scores for the OOM killer.
const (
	minNice, maxNice = -20, 19
	minOOM, maxOOM   = -1000, 1000
)

// scalarText is a value that may be written as a number or as text.
func scalarText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case int:
		return strconv.Itoa(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64: // every number in JSON
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return strconv.FormatInt(int64(v), 10), true
		}
	}
	return "", false
}

// between takes a whole number with a sign.
func (k Key) between(v any, least, most int) (int, *fault) {
	s, ok := scalarText(v)
	n, err := strconv.Atoi(s)
	if !ok || err != nil || n < least || n > most {
		return 0, k.mismatch(v)
	}
	return n, nil
}

// limit takes "N", "64M", "unlimited", or two of these as "soft:hard".
func (k Key) limit(v any) (proc.Resource, *fault) {
	text, ok := scalarText(v)
	soft, hard, two := strings.Cut(text, ":")
	if !two {
		hard = soft
	}
	var r proc.Resource
	var fine [2]bool
	r.Soft, fine[0] = limitNumber(soft)
	r.Hard, fine[1] = limitNumber(hard)
	if !ok || !fine[0] || !fine[1] {
		return proc.Resource{}, k.mismatch(v)
	}
	if r.Soft > r.Hard {
		f := wrong("found %s: the soft limit is above the hard one", found(v))
		return proc.Resource{}, &f
	}
	return r, nil
}

func limitNumber(s string) (uint64, bool) {
	if s == "unlimited" {
		return proc.Unlimited, true
	}
	return byteCount(s)
}

// byteCount is a number with or without a unit of 1024.
func byteCount(s string) (uint64, bool) {
	shift := 0
	if n := len(s); n > 0 {
		if i := strings.IndexByte("KMGT", s[n-1]); i >= 0 {
			shift, s = 10*(i+1), s[:n-1]
		}
	}
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil || n > math.MaxInt64>>shift {
		return 0, false
	}
	return n << shift, true
}

func (k Key) size(v any) (int64, *fault) {
	text, ok := scalarText(v)
	n, fine := byteCount(text)
	if !ok || !fine || n == 0 {
		return 0, k.mismatch(v)
	}
	return int64(n), nil
}

func (k Key) percent(s string) (int, *fault) {
	digits, ok := strings.CutSuffix(s, "%")
	n, err := strconv.ParseUint(digits, 10, 20)
	if !ok || err != nil || n == 0 {
		return 0, k.mismatch(s)
	}
	return int(n), nil
}

func (k Key) io(s string) (proc.IO, *fault) {
	if s == "idle" {
		return proc.IO{Class: proc.Idle}, nil
	}
	class, level, _ := strings.Cut(s, ":")
	classes := map[string]int{"best-effort": proc.BestEffort, "realtime": proc.Realtime}
	if classes[class] == 0 || len(level) != 1 || level[0] < '0' || level[0] > '7' {
		return proc.IO{}, k.mismatch(s)
	}
	return proc.IO{Class: classes[class], Level: int(level[0] - '0')}, nil
}

func (k Key) umask(s string) (int, *fault) {
	n, err := strconv.ParseUint(s, 8, 32)
	if err != nil || n > 0o777 || len(s) < 3 {
		return 0, k.mismatch(s)
	}
	return int(n), nil
}

func (k Key) capabilities(v any) ([]string, []fault) {
	list, faults := k.strings(v)
	if faults != nil {
		return nil, faults
	}
	for i, name := range list {
		if _, unknown := proc.CapabilitySet([]string{plainCapability(name)}); unknown != "" {
			f := wrong("there is no capability %q", name).hinted("capabilities(7) lists them; write them without CAP_")
			f.element = i
			faults = append(faults, f)
		}
	}
	return list, faults
}
