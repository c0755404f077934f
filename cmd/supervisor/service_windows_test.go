package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// shutdownWaitOf asks how long a shutdown waits for a service.
func shutdownWaitOf(t *testing.T, s *mgr.Service) uint32 {
	t.Helper()
	var w shutdownWait
	var need uint32
	err := windows.QueryServiceConfig2(s.Handle, windows.SERVICE_CONFIG_PRESHUTDOWN_INFO, (*byte)(unsafe.Pointer(&w)), uint32(unsafe.Sizeof(w)), &need)
	if err != nil {
		t.Errorf("how long a shutdown waits: %v", err)
	}
	return w.timeout
}

// As a service of Windows: a parameter change is a reload, a stop drains.
func TestService(t *testing.T) {
	s := &supervised{t: t, dir: t.TempDir()}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s.write("supervisor.toml", fmt.Sprintf(`
[services.web]
listen = ["http=tcp://127.0.0.1:0"]
ready.by = "notify"
command = ['%s']
env = { %s = "service", ADDRESS = "http" }
`, exe, as))
	name := fmt.Sprintf("supervisor-test-%d", os.Getpid())
	path := filepath.Join(s.dir, "control")
	s.client = control.NewClient(path)
	verb := func(args ...string) error {
		var out strings.Builder
		err := execute(append([]string{"service"}, args...), &out, &out)
		return err
	}
	err = verb("install", "--name", name, "-c", filepath.Join(s.dir, "supervisor.toml"), "--control", path)
	if err != nil && strings.Contains(err.Error(), windows.ERROR_ACCESS_DENIED.Error()) {
		t.Skipf("this takes an administrator: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	removed := false
	t.Cleanup(func() {
		if !removed {
			verb("uninstall", "--name", name)
		}
	})
	s.until(func(v control.Service) bool { return serving(v) == 1 })
	if err := verb("install", "--name", name, "-c", filepath.Join(s.dir, "supervisor.toml")); err == nil {
		t.Error("installed it twice")
	}
	service := follow(t, processes(s.until(func(v control.Service) bool { return len(processes(v)) == 1 }))[0])
	m, err := mgr.Connect()
	if err != nil {
		t.Fatal(err)
	}
	defer m.Disconnect()
	k, err := m.OpenService(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Control(svc.ParamChange); err != nil {
		t.Errorf("parameter change: %v", err)
	}
	switch again, err := k.RecoveryActionsOnNonCrashFailures(); {
	case orMissing(err) != nil:
		t.Errorf("whether a supervisor that fails is started again: %v", err)
	case err == nil && !again:
		t.Error("a supervisor that fails is not started again")
	}
	if got := shutdownWaitOf(t, k); got != uint32(stopWithin.Milliseconds()) {
		t.Errorf("a shutdown waits for %d ms", got)
	}
	k.Close()
	s.until(func(v control.Service) bool { return serving(v) == 2 })
	if !ended(service, limit) {
		t.Error("the former version does not end")
	}
	done := loaded(t, load.Config{Load: load.Slow, Address: s.address(), Path: "/tell", Max: 1, Timeout: limit})
	s.until(func(v control.Service) bool { return v.Generations[len(v.Generations)-1].Status == "asked" })
	if err := verb("uninstall", "--name", name); err != nil {
		t.Error(err)
	}
	removed = true
	if r := done()[0]; r.Failed() > 0 || r.Requests != 1 {
		t.Errorf("what was in flight: %v", r)
	}
	if _, err := s.client.Status(context.WithoutCancel(t.Context())); !errors.Is(err, control.ErrNoSupervisor) {
		t.Errorf("it runs on: %v", err)
	}
	if err := verb("uninstall", "--name", name); err == nil {
		t.Error("uninstalled it twice")
	}
	if err := verb("install", "--name", name); err == nil {
		t.Error("installed it without a config")
	}
}
