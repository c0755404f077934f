package handoff

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Notice is one message of sd_notify(3).
type Notice struct {
	Ready     bool          // READY=1
	Stopping  bool          // STOPPING=1
	Reloading bool          // RELOADING=1
	Monotonic time.Duration // MONOTONIC_USEC: CLOCK_MONOTONIC when the reload began

	Status    string // STATUS, made valid UTF-8
	StatusSet bool   // tells STATUS= from none
	Errno     int    // ERRNO
	MainPID   int    // MAINPID; 0: not said

	Watchdog        bool          // WATCHDOG=1
	WatchdogTrigger bool          // WATCHDOG=trigger: treat the service as hung
	WatchdogTimeout time.Duration // WATCHDOG_USEC; 0: not said
	ExtendTimeout   time.Duration // EXTEND_TIMEOUT_USEC; 0: not said

	Store       bool   // FDSTORE=1
	StoreRemove bool   // FDSTOREREMOVE=1
	FDName      string // FDNAME; "" means "stored"
	NoPoll      bool   // FDPOLL=0: keep the descriptor even if it hangs up

	// Barrier (BARRIER=1) asks that its one descriptor be closed when every
	// earlier message has been dealt with: the sender waits for that.
	Barrier bool
}

// ParseNotice reads a datagram of sd_notify(3): assignments, one a line. Like
// systemd it ignores variables that it does not know, flags with another value
// than theirs (READY=0), empty lines and a final NUL. Unlike systemd, which
// logs the line and goes on, it fails on a malformed one.
func ParseNotice(datagram []byte) (Notice, error) {
	text := strings.TrimSuffix(string(datagram), "\x00")
	if strings.TrimSpace(text) == "" {
		return Notice{}, errors.New("cannot read notification: it is empty")
	}
	var n Notice
	lines := 0
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" {
			continue
		}
		lines++
		if err := n.assign(line); err != nil {
			return Notice{}, fmt.Errorf("cannot read notification: line %.80q: %w", line, err)
		}
	}
	if n.Barrier && lines > 1 {
		return Notice{}, errors.New("cannot read notification: BARRIER=1 must be alone in its message")
	}
	return n, nil
}

func (n *Notice) assign(line string) (err error) {
	key, value, ok := strings.Cut(line, "=")
	if !ok || key == "" {
		return errors.New("it is not KEY=value")
	}
	if strings.ContainsRune(line, 0) {
		return errors.New("it has a NUL byte")
	}
	switch key {
	case "STATUS":
		n.Status, n.StatusSet = strings.ToValidUTF8(value, "\uFFFD"), true
	case "ERRNO":
		n.Errno, err = parseNotifyInt(value, 0)
	case "MAINPID":
		n.MainPID, err = parseNotifyInt(value, 1)
	case "MONOTONIC_USEC":
		n.Monotonic, err = parseNotifyUsec(value)
	case "WATCHDOG_USEC":
		n.WatchdogTimeout, err = parseNotifyUsec(value)
	case "EXTEND_TIMEOUT_USEC":
		n.ExtendTimeout, err = parseNotifyUsec(value)
	case "FDNAME":
		n.FDName, err = value, checkFDName(value)
	default:
		n.setFlag(line)
	}
	return err
}

func (n *Notice) setFlag(line string) {
	switch line {
	case "READY=1":
		n.Ready = true
	case "STOPPING=1":
		n.Stopping = true
	case "RELOADING=1":
		n.Reloading = true
	case "WATCHDOG=1":
		n.Watchdog = true
	case "WATCHDOG=trigger":
		n.WatchdogTrigger = true
	case "FDSTORE=1":
		n.Store = true
	case "FDSTOREREMOVE=1":
		n.StoreRemove = true
	case "FDPOLL=0":
		n.NoPoll = true
	case "BARRIER=1":
		n.Barrier = true
	}
}

func parseNotifyInt(s string, least int) (int, error) {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || int(n) < least {
		return 0, fmt.Errorf("the value must be a number from %d up", least)
	}
	return int(n), nil
}

// parseNotifyUsec reads microseconds. What no Duration holds, such as
// systemd's "infinity" of 2^64-1, becomes the longest Duration.
func parseNotifyUsec(s string) (time.Duration, error) {
	usec, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, errors.New("the value must be a number of microseconds")
	}
	if usec > uint64(math.MaxInt64/time.Microsecond) {
		return math.MaxInt64, nil
	}
	return time.Duration(usec) * time.Microsecond, nil
}

// checkFDName holds names to the rules of sd_pid_notify_with_fds(3).
func checkFDName(name string) error {
	if len(name) > 255 {
		return fmt.Errorf("the name has %d bytes: use at most 255", len(name))
	}
	bad := func(r rune) bool { return r < ' ' || r >= 0x7f || r == ':' }
	if strings.ContainsFunc(name, bad) {
		return fmt.Errorf("the name %.80q is not printable ASCII without \":\"", name)
	}
	return nil
}
