package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/load"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

// limit is how long any test waits for something that should happen at once.
const limit = 60 * time.Second

// as makes the test binary the supervisor, or the service that it supervises.
const as = "SUPERVISOR_TEST_AS"

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && slices.Equal(os.Args[1:3], hostArgs) {
		main()
	}
	switch os.Getenv(as) {
	case "supervisor":
		main()
	case "service":
		if err := serviceMain(); err != nil {
			fmt.Fprintln(os.Stderr, "service:", err)
			os.Exit(1)
		}
		os.Exit(0)
	case "builder": // that never comes to an end
		if err := os.WriteFile("builder", fmt.Appendln(nil, "builder", os.Getpid()), 0o600); err != nil {
			panic(err)
		}
		fallthrough
	case "sleeper":
		time.Sleep(time.Hour)
	}
	os.Exit(m.Run())
}

// serviceMain is a web service that answers with its generation. The file "behave"
// says what is wrong with it.
func serviceMain() error {
	if port := os.Getenv("PORT"); port != "" {
		return portedMain(port)
	}
	behave, _ := os.ReadFile("behave")
	w, err := handoff.New(handoff.Options{})
	if err != nil {
		return err
	}
	switch strings.TrimSpace(string(behave)) {
	case "exit":
		os.Exit(7)
	case "hang":
		<-w.Draining().Done()
		os.Exit(0)
	case "says":
		fmt.Println("says", os.Getenv("SUPERVISOR_GENERATION"))
	case "deaf": // to the drain
		defer func() { select {} }()
	}
	l, err := w.Listen("tcp", os.Getenv("ADDRESS"))
	if err != nil {
		return err
	}
	if string(behave) == "parent" {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), as+"=sleeper")
		if err := cmd.Start(); err != nil {
			return err
		}
		if err := w.Ready(); err != nil {
			return err
		}
		if err := w.Status(fmt.Sprint("child ", cmd.Process.Pid)); err != nil {
			return err
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/tell", func(http.ResponseWriter, *http.Request) {
		w.Status("asked")
		<-time.After(time.Second)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if string(behave) == "crash" {
			os.Exit(9)
		}
		w.Header().Set("X-Version", os.Getenv("SUPERVISOR_GENERATION"))
		if d, err := time.ParseDuration(r.FormValue("d")); err == nil {
			<-time.After(d)
		}
		fmt.Fprint(w, os.Getenv("SUPERVISOR_GENERATION"))
	})
	server := &http.Server{Handler: mux, Protocols: new(http.Protocols)}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetUnencryptedHTTP2(true)
	return w.Serve(l, server)
}

// supervised is a supervisor that runs, and what it prints.
type supervised struct {
	t      *testing.T
	dir    string
	cmd    *exec.Cmd
	client *control.Client
	// patience is how long things may take; 0 is limit.
	patience time.Duration

	mu  sync.Mutex
	out strings.Builder
}

func (s *supervised) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(b)
}

func (s *supervised) output() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}

// begin starts a supervisor with a service of this test binary. more goes into the
// table of the service; files are made, empty, before.
func begin(t *testing.T, mode, more string, files ...string) *supervised {
	t.Helper()
	s := &supervised{t: t, dir: t.TempDir()}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(more, "command") {
		more += fmt.Sprintf("\ncommand = ['%s']", exe)
	}
	if !strings.Contains(more, "ready.by") && !strings.Contains(more, "handoff.by") {
		// However slow the machine is: one that has only been alive for a while has no sockets yet.
		more += "\nready.by = 'notify'"
	}
	s.write("supervisor.toml", fmt.Sprintf(`
[services.web]
listen = ["http=tcp://127.0.0.1:0"]
env = { %s = "service", ADDRESS = "http", TEST_BINARY = '%s' }
%s
`, as, exe, more))
	for _, name := range append(files, "behave") {
		s.write(name, "")
	}
	s.start(mode)
	return s
}

func (s *supervised) start(mode string) {
	s.t.Helper()
	path := filepath.Join(s.dir, "control")
	s.cmd = exec.Command(os.Args[0], mode, "-c", "supervisor.toml", "--control", path)
	s.cmd.Dir = s.dir
	s.cmd.Env = append(os.Environ(), as+"=supervisor", "LOCALAPPDATA="+s.dir)
	s.cmd.Stdout, s.cmd.Stderr = s, s
	s.cmd.WaitDelay = time.Second // what serves on has them, too
	guardian, err := proc.NewGuardian()
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { guardian.Close() })
	if _, _, err := guardian.Start(s.cmd); err != nil {
		s.t.Fatal(err)
	}
	s.client = control.NewClient(path)
	cmd := s.cmd
	s.t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if s.t.Failed() {
			s.t.Logf("the supervisor printed:\n%s", s.output())
		}
	})
	s.until(func(v control.Service) bool { return serving(v) != 0 })
}

func (s *supervised) write(name, content string) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o700)); err != nil {
		s.t.Fatal(err)
	}
}

func serving(v control.Service) int {
	for _, g := range v.Generations {
		if g.Phase == string(lifecycle.Serving) {
			return g.Number
		}
	}
	return 0
}

// until waits for the service to be as it should.
func (s *supervised) until(good func(control.Service) bool) control.Service {
	s.t.Helper()
	deadline := time.After(cmp.Or(s.patience, limit))
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		st, err := s.client.Status(s.t.Context())
		if err == nil && len(st.Services) == 1 && good(st.Services[0]) {
			return st.Services[0]
		}
		select {
		case <-tick.C:
		case <-deadline:
			s.t.Fatalf("it does not come to it: %+v, %v", st, err)
		}
	}
}

func (s *supervised) address() string {
	return s.until(func(v control.Service) bool { return len(v.Sockets) > 0 && serving(v) != 0 }).Sockets[0].Bound
}

func (s *supervised) reload() lifecycle.Verdict {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), limit)
	defer cancel()
	results, err := s.client.Reload(ctx, nil)
	if err != nil || len(results) != 1 {
		s.t.Fatalf("reload: %+v, %v", results, err)
	}
	return results[0].Verdict
}

// stop ends it as an operator does.
func (s *supervised) stop() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), limit)
	defer cancel()
	if err := s.client.Stop(ctx); err != nil {
		s.t.Errorf("stop: %v", err)
	}
	if err := s.cmd.Wait(); err != nil {
		s.t.Errorf("the supervisor: %v", err)
	}
}

func (s *supervised) get() string {
	s.t.Helper()
	c := http.Client{Timeout: limit}
	defer c.CloseIdleConnections()
	r, err := c.Get("http://" + s.address() + "/")
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(body)
}

// processes are those of all generations.
func processes(v control.Service) (all []int) {
	for _, g := range v.Generations {
		for _, p := range g.Processes {
			all = append(all, p.PID)
		}
	}
	return all
}

func follow(t *testing.T, pid int) windows.Handle {
	t.Helper()
	h, err := windows.OpenProcess(windows.SYNCHRONIZE|windows.PROCESS_TERMINATE, false, uint32(pid))
	if err != nil {
		t.Fatalf("process %d: %v", pid, err)
	}
	t.Cleanup(func() { windows.CloseHandle(h) })
	return h
}

func ended(h windows.Handle, within time.Duration) bool {
	e, _ := windows.WaitForSingleObject(h, uint32(within.Milliseconds()))
	return e == windows.WAIT_OBJECT_0
}

// loaded puts clients on the service until the function that it returns is called.
func loaded(t *testing.T, configs ...load.Config) (stop func() []load.Report) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reports := make([]load.Report, len(configs))
	var wg sync.WaitGroup
	for i, c := range configs {
		wg.Go(func() {
			var err error
			if reports[i], err = load.Run(ctx, c); err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
	return func() []load.Report {
		cancel()
		wg.Wait()
		return reports
	}
}
