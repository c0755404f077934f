package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
	"unsafe"

	"github.com/spf13/cobra"
	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc/eventlog"
	"golang.org/x/sys/windows/svc/mgr"
)

// systemCommands are verbs that only this system has.
func systemCommands() []*cobra.Command { return []*cobra.Command{serviceCommand()} }

// defaultService is what the supervisor is called among the services of Windows.
const defaultService = "supervisor"

func serviceCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "service",
		Short: "Make the supervisor a service of Windows, or remove it",
		Args:  noArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	var name string
	var k client
	install := &cobra.Command{
		Use:   "install -c FILE…",
		Short: "Install a service that does what run does, and start it",
		Long: `Install makes a service of Windows that runs "supervisor run" with these config files,
now and at each boot. Its stop drains; "sc control NAME paramchange" is a reload; what
it has to say goes to the event log. If it fails it is started again.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return install(name, k) },
	}
	remove := &cobra.Command{
		Use:   "uninstall",
		Short: "Stop the service, wait until it has drained, and remove it",
		Args:  noArgs,
		RunE:  func(*cobra.Command, []string) error { return uninstall(name) },
	}
	for _, v := range []*cobra.Command{install, remove} {
		v.Flags().StringVar(&name, "name", defaultService, "`NAME` of the service")
	}
	install.Flags().StringArrayVarP(&k.files, "config", "c", nil, "config `FILE`, may be repeated")
	controlFlag(install, &k.control)
	c.AddCommand(install, remove)
	return c
}

func install(name string, k client) error {
	if len(k.files) == 0 {
		return &usageError{"cannot install a service: no config is named", "supervisor service install -c FILE"}
	}
	args, err := serviceArgs(k)
	if err != nil {
		return err
	}
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("cannot install a service: %w", err)
	}
	m, err := mgr.Connect()
	if err != nil {
		return serviceError("install", name, err)
	}
	defer m.Disconnect()
	s, err := m.CreateService(name, exe, mgr.Config{
		StartType: mgr.StartAutomatic, DisplayName: "supervisor (" + name + ")",
		Description: "Keeps network services running, and no connection is lost when they change.",
	}, args...)
	if err != nil {
		return serviceError("install", name, err)
	}
	defer s.Close()
	if err := errors.Join(restarted(s), awaited(s)); err != nil {
		return errors.Join(serviceError("install", name, err), s.Delete())
	}
	if err := eventlog.InstallAsEventCreate(name, eventlog.Error|eventlog.Warning|eventlog.Info); err != nil {
		return errors.Join(serviceError("install", name, err), s.Delete())
	}
	if err := s.Start(); err != nil {
		return serviceError("start", name, err)
	}
	return nil
}

// restarted has the manager start a service again that has failed.
func restarted(s *mgr.Service) error {
	again := mgr.RecoveryAction{Type: mgr.ServiceRestart, Delay: time.Second}
	if err := s.SetRecoveryActions([]mgr.RecoveryAction{again, again, again}, 3600); err != nil {
		return orMissing(err)
	}
	// One that ends with a code has told so, and counts as stopped without this.
	return orMissing(s.SetRecoveryActionsOnNonCrashFailures(true))
}

// shutdownWait is SERVICE_PRESHUTDOWN_INFO, in milliseconds.
type shutdownWait struct{ timeout uint32 }

// awaited has a machine that shuts down wait for the drain: for ten seconds or less it
// would by itself.
func awaited(s *mgr.Service) error {
	w := shutdownWait{uint32(stopWithin.Milliseconds())}
	return orMissing(windows.ChangeServiceConfig2(s.Handle, windows.SERVICE_CONFIG_PRESHUTDOWN_INFO, (*byte)(unsafe.Pointer(&w))))
}

// orMissing is nil for what wine's manager does not know.
func orMissing(err error) error {
	if errors.Is(err, windows.ERROR_CALL_NOT_IMPLEMENTED) || errors.Is(err, windows.ERROR_INVALID_LEVEL) {
		return nil
	}
	return err
}

// serviceArgs are those of run. A service begins in a directory of the system.
func serviceArgs(k client) ([]string, error) {
	args := append(slices.Clone(hostArgs), "run")
	for _, f := range k.files {
		abs, err := filepath.Abs(f)
		if err == nil {
			_, err = os.Stat(abs)
		}
		if err != nil {
			return nil, &usageError{fmt.Sprintf("cannot install a service: config %s: %v", f, err), ""}
		}
		args = append(args, "-c", abs)
	}
	if k.control != "" {
		abs, err := filepath.Abs(k.control)
		if err != nil {
			return nil, err
		}
		args = append(args, "--control", abs)
	}
	return args, nil
}

// stopWithin bounds how long uninstall waits for the drain, and a machine that shuts down.
const stopWithin = 10 * time.Minute

func uninstall(name string) error {
	m, err := mgr.Connect()
	if err != nil {
		return serviceError("uninstall", name, err)
	}
	defer m.Disconnect()
	s, err := m.OpenService(name)
	if err != nil {
		return serviceError("uninstall", name, err)
	}
	defer s.Close()
	if err := stopService(s); err != nil {
		return serviceError("stop", name, err)
	}
	if err := s.Delete(); err != nil {
		return serviceError("uninstall", name, err)
	}
	if err := eventlog.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return serviceError("uninstall", name, err)
	}
	return nil
}

// serviceError says what helps.
func serviceError(verb, name string, err error) error {
	hint := ""
	switch {
	case errors.Is(err, windows.ERROR_ACCESS_DENIED):
		hint = "run it as an administrator"
	case errors.Is(err, windows.ERROR_SERVICE_EXISTS):
		hint = "supervisor service uninstall --name " + name
	case errors.Is(err, windows.ERROR_SERVICE_DOES_NOT_EXIST):
		hint = "sc query lists the services"
	}
	return &usageError{fmt.Sprintf("cannot %s the service %q: %v", verb, name, err), hint}
}
