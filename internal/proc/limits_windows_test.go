package proc

import (
	"errors"
	"math"
	"os"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

func TestLimitsOf(t *testing.T) {
	const always = windows.JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION
	nproc := func(soft, hard uint64) Settings { return Settings{Resources: []Resource{{ofProcesses, soft, hard}}} }
	for name, c := range map[string]struct {
		kill   bool
		s      Settings
		flags  uint32
		active uint32
		memory uintptr
	}{
		"none":       {false, Settings{}, always, 0, 0},
		"in dev":     {true, Settings{}, always | windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE, 0, 0},
		"processes":  {false, nproc(7, 7), always | windows.JOB_OBJECT_LIMIT_ACTIVE_PROCESS, 7, 0},
		"the lower":  {false, nproc(7, 9), always | windows.JOB_OBJECT_LIMIT_ACTIVE_PROCESS, 7, 0},
		"any number": {false, nproc(Unlimited, Unlimited), always, 0, 0},
		"too many":   {false, nproc(1<<40, 1<<40), always | windows.JOB_OBJECT_LIMIT_ACTIVE_PROCESS, math.MaxUint32, 0},
		"memory":     {false, Settings{Tree: Tree{Memory: 64 << 20}}, always | windows.JOB_OBJECT_LIMIT_JOB_MEMORY, 0, 64 << 20},
	} {
		l, err := limitsOf(c.kill, c.s)
		if basic := l.BasicLimitInformation; err != nil || basic.LimitFlags != c.flags || basic.ActiveProcessLimit != c.active || l.JobMemoryLimit != c.memory {
			t.Errorf("%s: %+v, %v", name, l, err)
		}
	}
	if _, err := limitsOf(false, nproc(0, 0)); err == nil {
		t.Error("a tree of no process is no error")
	}
}

func TestRateOf(t *testing.T) {
	for _, c := range []struct {
		percent, processors int
		want                uint32
	}{{100, 1, 10000}, {50, 1, 5000}, {50, 2, 2500}, {150, 2, 7500}, {800, 2, 10000}, {1, 1024, 1}, {100, 0, 10000}} {
		if got := rateOf(c.percent, c.processors); got != (cpuRate{5, c.want}) {
			t.Errorf("%d%% of one of %d processors: %+v, want %d", c.percent, c.processors, got, c.want)
		}
	}
}

// What a job object lacks is refused by name; what it has is not.
func TestSupported(t *testing.T) {
	good := Settings{Resources: []Resource{{ofProcesses, 10, 10}}, Tree: Tree{Memory: 1 << 30, CPU: 50}}
	if err := good.Supported(); err != nil {
		t.Error(err)
	}
	for want, s := range map[string]Settings{
		"user": {User: &User{}}, "umask": {Umask: new(0)}, "limits.nice": {Nice: new(1)}, "limits.oom": {OOM: new(1)}, "limits.io": {IO: &IO{}},
		"limits.nofile": {Resources: []Resource{{ofProcesses, 10, 10}, {"nofile", 1, 1}}}, "capabilities": {Capabilities: new(uint64(0))},
	} {
		var e *SettingError
		_, err := new(Launcher).Start(t.Context(), Spec{Path: os.Args[0], Args: os.Args[:1], Settings: s})
		if !errors.As(err, &e) || e.Setting != want || !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// restricted reports whether this system keeps the limits of job objects at all: what
// it does not, it does not tell either.
func restricted(t *testing.T) bool {
	t.Helper()
	j, err := newJob(false, Settings{Tree: Tree{Memory: 1 << 30}})
	if err != nil {
		t.Fatal(err)
	}
	defer j.close()
	var l windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	err = windows.QueryInformationJobObject(j.handle, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&l)), uint32(unsafe.Sizeof(l)), nil)
	return err == nil && l.JobMemoryLimit == 1<<30
}

// Whether they are kept is the system's business; that they are set, and that a process
// runs under them, is ours.
func TestRunsLimited(t *testing.T) {
	var l Launcher
	s := Settings{Resources: []Resource{{ofProcesses, 8, 8}}, Tree: Tree{Memory: 1 << 30}}
	p, out := begin(t, &l, Spec{Settings: s}, "parent")
	number(t, out)
	p.Kill()
	wait(t, p)
}

// One that cannot be set is named, and nothing starts.
func TestLimitThatCannotBeSet(t *testing.T) {
	var l Launcher
	for want, s := range map[string]Settings{
		"cannot set limits.nproc to 0: ": {Resources: []Resource{{ofProcesses, 0, 0}}},
		"cannot set limits.cpu to 50%: ": {Tree: Tree{CPU: 50}}, // wine has no such limit
	} {
		p, err := l.Start(t.Context(), Spec{Path: os.Args[0], Args: os.Args[:1], Stdout: 1, Stderr: 2, Env: append(os.Environ(), role+"=say"), Settings: s})
		if err == nil && s.Tree.CPU > 0 {
			wait(t, p)
			continue
		}
		var e *StartError
		if !errors.As(err, &e) || !strings.HasPrefix(e.Err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestLimits(t *testing.T) {
	if !restricted(t) {
		t.Skip("this system keeps no limits of job objects")
	}
	var l Launcher
	t.Run("memory", func(t *testing.T) {
		p, out := begin(t, &l, Spec{Settings: Settings{Tree: Tree{Memory: 128 << 20}}}, "hog")
		if got := line(t, out); got != "" {
			t.Errorf("it %s", got)
		}
		if e := wait(t, p); e.Code == 0 {
			t.Errorf("exit %+v", e)
		}
	})
	t.Run("processes", func(t *testing.T) {
		p, _ := begin(t, &l, Spec{Settings: Settings{Resources: []Resource{{ofProcesses, 1, 1}}}}, "leaves")
		if e := wait(t, p); e.Code == 0 {
			t.Errorf("it has a child: exit %+v", e)
		}
	})
	t.Run("CPU", func(t *testing.T) {
		in, input, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		p, _ := begin(t, &l, Spec{Stdin: int(in.Fd()), Settings: Settings{Tree: Tree{CPU: 10}}}, "spin")
		in.Close()
		<-time.After(3 * time.Second) // what is measured
		u, err := p.Usage()
		if share := u.CPU.Seconds() / time.Since(p.Started()).Seconds(); err != nil || share > 0.5 {
			t.Errorf("it got %.2f of a processor, want 0.1: %v", share, err)
		}
		input.Close()
		wait(t, p)
	})
}
