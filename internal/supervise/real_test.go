//go:build unix

package supervise

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"
)

func TestMain(m *testing.M) {
	os.Setenv("GORACE", "atexit_sleep_ms=0") // else every child of a -race build lingers for a second
	if os.Getenv("SUPERVISOR_SERVICE") != "" && len(os.Args) == 2 {
		behave(os.Args[1])
	}
	os.Exit(m.Run())
}

// TestContractWithProcesses runs this test binary as the service.
func TestContractWithProcesses(t *testing.T) {
	if r, w, err := os.Pipe(); err == nil { // from the first one on the runtime has descriptors of its own
		r.Close()
		w.Close()
	}
	for _, c := range contract {
		t.Run(c.name, func(t *testing.T) {
			fds, goroutines := openFDs(t), runtime.NumGoroutine()
			dir, err := os.MkdirTemp("", "s")
			if err != nil {
				t.Fatal(err)
			}
			system, err := NewSystem(dir, nil)
			if err != nil {
				t.Fatal(err)
			}
			newBed(t, selfTest{system}).run(c.test)
			if err := system.Close(); err != nil {
				t.Error(err)
			}
			if left, _ := filepath.Glob(dir + "/*"); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			eventually(t, "descriptors and goroutines are as before", func() string {
				if f, g := openFDs(t), runtime.NumGoroutine(); len(f) > len(fds) || g > goroutines {
					return fmt.Sprintf("descriptors %v → %v, goroutines %d → %d", fds, f, goroutines, g)
				}
				return ""
			})
		})
	}
}

// selfTest starts this binary in place of the command "service".
type selfTest struct{ *System }

func (w selfTest) Start(ctx context.Context, l Launch) (Child, error) {
	if l.Service.Command[0] == "service" {
		l.Service.Command = []string{"/proc/self/exe"}
		if path, err := os.Executable(); err == nil {
			l.Service.Command = []string{path}
		}
	}
	return w.System.Start(ctx, l)
}

// Examine is given up no sooner than a program that hangs has said so.
func (w selfTest) Examine(ctx context.Context, l Launch) error {
	l.Service = asSelf(l.Service)
	if slices.Contains(l.Service.Preflight, "stuck") {
		patient, giveUp := context.WithCancelCause(context.Background())
		defer giveUp(nil)
		heard := make(chan struct{})
		l.Output = heardOf{l.Output, sync.OnceFunc(func() { close(heard) })}
		defer context.AfterFunc(ctx, func() {
			select {
			case <-heard:
			case <-patient.Done():
			case <-time.After(time.Minute):
			}
			giveUp(context.Cause(ctx))
		})()
		return said(w.System.Examine(patient, l))
	}
	return said(w.System.Examine(ctx, l))
}

// heardOf tells when something is written.
type heardOf struct {
	io.Writer
	tell func()
}

func (h heardOf) Write(p []byte) (int, error) {
	h.tell()
	return h.Writer.Write(p)
}

func (w selfTest) Check(ctx context.Context, s Service, all []Child) error {
	return w.System.Check(ctx, asSelf(s), all)
}

func (w selfTest) CheckCanary(ctx context.Context, t Trial) error {
	t.Service = asSelf(t.Service)
	return w.System.CheckCanary(ctx, t)
}

// asSelf has this binary do what "service" is to.
func asSelf(s Service) Service {
	self, _ := os.Executable()
	for _, words := range []*[]string{&s.Preflight, &s.Ready.Exec, &s.Canary} {
		if len(*words) > 0 {
			*words = append([]string{self}, (*words)[1:]...)
		}
	}
	return s
}

// said is an error in which this binary is "service" again.
func said(err error) error {
	if err == nil {
		return nil
	}
	self, _ := os.Executable()
	return errors.New(strings.ReplaceAll(err.Error(), self, "service"))
}

// behave is the service.
func behave(how string) {
	asked := make(chan os.Signal, 1)
	if how == "deaf" {
		signal.Ignore(syscall.SIGTERM)
	} else {
		signal.Notify(asked, syscall.SIGTERM)
	}
	switch how {
	case "exit":
		os.Exit(3)
	case "fine":
		if os.Getenv("LISTEN_FDS")+os.Getenv("LISTEN_PID")+os.Getenv("NOTIFY_SOCKET") != "" {
			os.Exit(4)
		}
		os.Exit(0)
	case "refuse":
		fmt.Println("port is missing")
		fmt.Fprintln(os.Stderr, "giving up")
		os.Exit(3)
	case "stuck":
		fmt.Println("still thinking")
	case "ill":
		fmt.Fprintln(os.Stderr, "I am ill")
		os.Exit(3)
	case "ailing":
		seen := filepath.Join(os.TempDir(), "ailing-"+os.Getenv("MAINPID"))
		if os.Mkdir(seen, 0o700) == nil {
			os.Exit(0)
		}
		os.Remove(seen)
		fmt.Fprintln(os.Stderr, "I am ill")
		os.Exit(3)
	case "done":
		os.Exit(0)
	case "ready", "deaf", "hang":
		tell(daemon.SdNotifyReady)
	case "pioneer":
		if os.Getenv("LISTEN_FDNAMES") == "kept" {
			os.Exit(3)
		}
		storeDescriptor()
		tell(daemon.SdNotifyReady)
	case "store":
		storeDescriptor()
		tell(daemon.SdNotifyReady)
	case "testament":
		if os.Getenv("LISTEN_FDNAMES") == "kept" {
			tell("STATUS=heir")
		}
		tell(daemon.SdNotifyReady)
	case "heir":
		files := activation.Files(true)
		if len(files) != 1 || files[0].Name() != "kept" {
			os.Exit(3)
		}
		tell(daemon.SdNotifyReady)
	}
	select {
	case <-asked:
		if how == "testament" {
			storeDescriptor()
		}
		os.Exit(0)
	case <-time.After(5 * time.Minute): // nobody is there any more
		os.Exit(9)
	}
}

func tell(state string) {
	if sent, err := daemon.SdNotify(false, state); !sent || err != nil {
		fmt.Fprintln(os.Stderr, "cannot notify:", sent, err)
		os.Exit(8)
	}
}

func storeDescriptor() {
	f, err := os.Open(os.Args[0])
	if err != nil {
		panic(err)
	}
	conn, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_DGRAM, 0)
	if err != nil {
		panic(err)
	}
	err = syscall.Sendmsg(conn, []byte("FDSTORE=1\nFDNAME=kept"), syscall.UnixRights(int(f.Fd())),
		&syscall.SockaddrUnix{Name: os.Getenv("NOTIFY_SOCKET")}, 0)
	if err != nil {
		panic(err)
	}
}

func openFDs(t *testing.T) (all []string) {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && !strings.HasPrefix(to, "/proc/") {
			all = append(all, to)
		}
	}
	return all
}

// eventually waits for a condition that says what is wrong as long as it does not hold.
func eventually(t *testing.T, what string, wrong func() string) {
	t.Helper()
	var last string
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); pause(t.Context(), 5*time.Millisecond) {
		if last = wrong(); last == "" {
			return
		}
	}
	t.Errorf("never: %s: %s", what, last)
}
