package systemd

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// Manager is the systemd that started this process. A nil Manager stands for none:
// all its methods do nothing. They may be called from any goroutine.
//
//	starting ──Ready──▶ running ◀──last Reloaded── reloading
//	                       │ └────Reloading────────▶ ▲ │ (counted)
//	                       └──────Stopping──▶ stopping ◀┘
type Manager struct {
	socket   string
	watchdog time.Duration

	mu        sync.Mutex // messages go out in the order of what they tell
	started   bool
	reloading int
	stopping  bool
	silent    bool
}

// Connect returns nil if this process was not started by systemd, or by a unit
// without Type=notify and WatchdogSec=.
//
// WATCHDOG_PID is removed from the environment: a process that succeeds this one
// in the same unit must feed the watchdog under another PID. NOTIFY_SOCKET and
// WATCHDOG_USEC stay for it; handoff.StripEnv keeps them from services.
func Connect() (*Manager, error) {
	m := &Manager{socket: os.Getenv("NOTIFY_SOCKET")}
	if m.socket == "" {
		return nil, nil
	}
	var err error
	if m.watchdog, err = daemon.SdWatchdogEnabled(false); err != nil {
		return nil, fmt.Errorf("cannot read WATCHDOG_USEC and WATCHDOG_PID: %w", err)
	}
	if m.watchdog > 0 {
		os.Unsetenv("WATCHDOG_PID")
	}
	return m, nil
}

// Silence has every message that follows be left unsaid, or said again: of two
// processes of one unit only the one in charge speaks for it.
func (m *Manager) Silence(on bool) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.silent = on
}

// Ready says that the first generation of everything serves: a unit with
// Type=notify counts as started from now on.
func (m *Manager) Ready() error {
	return m.insist(func() string {
		m.started = true
		return daemon.SdNotifyReady
	})
}

// Reloading says that a reload began. Every call must be followed by one of
// Reloaded, whatever came of it: until then the unit is "reloading", and with
// Type=notify-reload "systemctl reload" waits.
func (m *Manager) Reloading() error {
	return m.tell(func() string {
		m.reloading++
		if !m.started || m.stopping {
			return ""
		}
		// In one datagram: a READY=1 from before this time does not end the reload.
		return daemon.SdNotifyReloading + "\nMONOTONIC_USEC=" + microseconds(monotonic())
	})
}

// Reloaded says that a reload has ended. Only the last of several says so to
// systemd, which knows of one.
func (m *Manager) Reloaded() error {
	return m.tell(func() string {
		m.reloading = max(0, m.reloading-1)
		if !m.started || m.stopping || m.reloading > 0 {
			return ""
		}
		return daemon.SdNotifyReady
	})
}

// Stopping says that draining began and takes no longer than within: systemd waits
// so long, even if the unit's TimeoutStopSec= is shorter.
func (m *Manager) Stopping(within time.Duration) error {
	return m.tell(func() string {
		m.stopping = true
		return daemon.SdNotifyStopping + "\n" + extend(within)
	})
}

// Extend says that starting or stopping, whichever is going on, may take this long
// from now.
func (m *Manager) Extend(by time.Duration) error {
	return m.tell(func() string { return extend(by) })
}

// Status is what "systemctl status" shows: one line.
func (m *Manager) Status(text string) error {
	return m.tell(func() string { return "STATUS=" + oneLine(text) })
}

// Watchdog says that this process is alive.
func (m *Manager) Watchdog() error {
	return m.tell(func() string { return daemon.SdNotifyWatchdog })
}

// WatchdogInterval is the longest silence of Watchdog before systemd kills and
// restarts the unit; 0: it does not look.
func (m *Manager) WatchdogInterval() time.Duration {
	if m == nil {
		return 0
	}
	return m.watchdog
}

// Store leaves a socket to the process that systemd starts after this one, however
// it ended: Inherited returns it there. The unit needs FileDescriptorStoreMax=. A
// socket of a .socket unit comes back anyway, and must not come back as ours.
func (m *Manager) Store(s *listener.Socket) error {
	if m == nil || s.Origin() == listener.Lent {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if s.Origin() == listener.Opened {
		// One of the same address that could not be adopted may be left there.
		if err := m.forget(s.Address().Key()); err != nil {
			return err
		}
	}
	return m.send("FDSTORE=1\nFDPOLL=0\nFDNAME="+ownPrefix+s.Address().Key(), s.FD())
}

// Forget takes a socket that was closed out of the store, unless everything is
// about to end: what a restart brings back finds its sockets there, less those whose
// path is gone with the close.
func (m *Manager) Forget(a listener.Address) error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stopping && !a.HasPath() {
		return nil
	}
	return m.forget(a.Key())
}

// Discard takes out of the store what it held for an address that nobody listens on
// any more, see listener.Inheritance.Drop.
func (m *Manager) Discard(i listener.Inherited) error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.forget(i.Name)
}

func (m *Manager) forget(key string) error {
	return m.send("FDSTOREREMOVE=1\nFDNAME=" + ownPrefix + key)
}

// insist is tell for what systemd waits for: a queue that is full for a moment must
// not let a start or a reload time out.
func (m *Manager) insist(message func() string) (err error) {
	for range insistence {
		if err = m.tell(message); err == nil {
			break
		}
	}
	return err
}

const insistence = 20 // times sendTimeout

// tell sends what message returns, if anything. It is called under the lock.
func (m *Manager) tell(message func() string) error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	text := message()
	if text == "" {
		return nil
	}
	return m.send(text)
}

func (m *Manager) send(text string, fds ...int) error {
	if m.silent {
		return nil
	}
	return notify(m.socket, text, fds...)
}

func extend(by time.Duration) string { return "EXTEND_TIMEOUT_USEC=" + microseconds(by) }

func microseconds(d time.Duration) string { return strconv.FormatInt(d.Microseconds(), 10) }

// maxStatus keeps the message below the 4096 bytes that systemd reads
// (NOTIFY_BUFFER_MAX in its src/core/manager.c).
const maxStatus = 2048

func oneLine(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' || r == 0 }), "; ")
	if len(s) > maxStatus {
		s = s[:maxStatus-len("…")] + "…"
	}
	return strings.ToValidUTF8(s, "")
}
