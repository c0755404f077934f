package config

import (
	"fmt"
	"math"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// decode turns what a parser made of a value into what the key means: a
// string, int, int64, bool, []string, time.Duration, Poll, syscall.Signal,
// listener.Address, []listener.Address, proc.Resource or proc.IO.
func (k Key) decode(v any) (any, []fault) {
	switch k.Type {
	case Strings:
		return k.strings(v)
	case Addresses:
		return k.addresses(v)
	case Number:
		return one(k.number(v))
	case Bool:
		return one(k.truth(v))
	case Capabilities:
		return k.capabilities(v)
	case Limit:
		return one(k.limit(v))
	case Size:
		return one(k.size(v))
	case Nice:
		return one(k.between(v, minNice, maxNice))
	case OOM:
		return one(k.between(v, minOOM, maxOOM))
	case Share:
		return one(k.between(v, minShare, maxShare))
	}
	s, f := k.text(v)
	if f != nil {
		return nil, []fault{*f}
	}
	switch k.Type {
	case Choice:
		return one(k.choice(s))
	case Duration:
		return one(k.duration(s))
	case Logging:
		return one(k.logging(s))
	case Polling:
		return one(k.polling(s))
	case Bind:
		return one(k.bind(s))
	case Signal:
		return one(k.signal(s))
	case Percent:
		return one(k.percent(s))
	case IO:
		return one(k.io(s))
	case Umask:
		return one(k.umask(s))
	case Endpoint:
		return one(k.endpoint(s))
	case HostPort:
		return one(k.hostPort(s))
	default:
		return s, nil
	}
}

func one[T any](v T, f *fault) (any, []fault) {
	if f != nil {
		return nil, []fault{*f}
	}
	return v, nil
}

// mismatch is the fault of a value that the key does not allow.
func (k Key) mismatch(v any) *fault {
	f := wrong("found %s, want %s", found(v), k.Allowed())
	return &f
}

func (k Key) text(v any) (string, *fault) {
	s, ok := v.(string)
	if !ok {
		f := k.mismatch(v)
		if scalar(v) && k.Type == Text {
			*f = f.hinted("write %q", fmt.Sprint(v))
		}
		return "", f
	}
	return s, badText(s)
}

// badText refuses what no argument, path or variable can hold.
func badText(s string) *fault {
	if !strings.Contains(s, "\x00") {
		return nil
	}
	f := wrong("found %s, want no zero byte", found(s))
	return &f
}

func (k Key) strings(v any) ([]string, []fault) {
	list, ok := v.([]any)
	if !ok {
		f := k.mismatch(v)
		if s, isText := v.(string); isText {
			*f = f.hinted("write [%s]", found(s))
		}
		return nil, []fault{*f}
	}
	out := make([]string, len(list))
	var faults []fault
	for i, element := range list {
		s, f := Key{Type: Text}.text(element)
		if f != nil {
			f.element = i
			faults = append(faults, *f)
		}
		out[i] = s
	}
	return out, faults
}

func (k Key) addresses(v any) ([]listener.Address, []fault) {
	list, faults := k.strings(v)
	if faults != nil {
		return nil, faults
	}
	out := make([]listener.Address, len(list))
	for i, s := range list {
		a, err := listener.Parse(s)
		if err != nil {
			f := wrong("%s", strings.ReplaceAll(err.Error(), "\n", "; "))
			f.element, f.cause = i, err
			faults = append(faults, f)
		}
		out[i] = a
	}
	return out, faults
}

// number takes a string, too: variables and ${VAR} give nothing else.
func (k Key) number(v any) (int, *fault) {
	n := -1
	switch v := v.(type) {
	case int:
		n = v
	case int64:
		n = int(max(-1, min(v, math.MaxInt32)))
	case float64: // every number in JSON
		if v == math.Trunc(v) && math.Abs(v) < math.MaxInt32 {
			n = int(v)
		}
	case string:
		if i, err := strconv.Atoi(v); err == nil {
			n = i
		}
	}
	if n < k.least() || n > MaxNumber {
		return 0, k.mismatch(v)
	}
	return n, nil
}

// truth takes a string, too, as number does.
func (k Key) truth(v any) (bool, *fault) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case string:
		if v == "true" || v == "false" {
			return v == "true", nil
		}
	}
	return false, k.mismatch(v)
}

// bind takes what listen does, but one tcp address.
func (k Key) bind(s string) (listener.Address, *fault) {
	a, err := listener.Parse(s)
	if err != nil || !listensTCP(a) {
		return listener.Address{}, k.mismatch(s)
	}
	return a, nil
}

func (k Key) choice(s string) (string, *fault) {
	if slices.Contains(k.Choices, s) {
		return s, nil
	}
	f := k.mismatch(s)
	if near, ok := nearest(s, k.Choices); ok {
		*f = f.hinted("did you mean %q?", near)
	}
	return "", f
}

func (k Key) duration(s string) (time.Duration, *fault) {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 || d == 0 && k.Positive {
		return 0, k.mismatch(s)
	}
	return d, nil
}

func (k Key) polling(s string) (Poll, *fault) {
	switch s {
	case "auto":
		return Poll{}, nil
	case "never":
		return Poll{Never: true}, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return Poll{}, k.mismatch(s)
	}
	return Poll{Every: d}, nil
}

func (k Key) logging(s string) (string, *fault) {
	if path, ok := strings.CutPrefix(s, logsFile); ok && path != "" && !strings.HasSuffix(path, "/") {
		return s, nil
	}
	if f := k.mismatch(s); strings.HasPrefix(s, "/") || strings.HasPrefix(s, "./") {
		*f = f.hinted("write %q", logsFile+s)
		return "", f
	}
	return k.choice(s)
}

func (k Key) endpoint(s string) (string, *fault) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return "", k.mismatch(s)
	case strings.HasPrefix(s, "/") && u.Host == "":
		return s, nil
	case (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "":
		return s, nil
	default:
		return "", k.mismatch(s)
	}
}

func (k Key) hostPort(s string) (string, *fault) {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return "", k.mismatch(s)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", k.mismatch(s)
	}
	return s, nil
}
