package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/eventlog"
	"golang.org/x/sys/windows/svc/mgr"
)

// request is what the service manager asks for, as a signal.
type request string

const (
	stopRequest   request = "stop of the service"
	reloadRequest request = "parameter change of the service"
)

// String implements os.Signal.
func (r request) String() string { return string(r) }

// Signal implements os.Signal.
func (r request) Signal() {}

// requests carries them to the supervisor.
var requests = make(chan os.Signal, 16)

// hostArgs come before the verb when the service manager starts the program. Nobody
// else can: svc.Run fails then.
var hostArgs = []string{"service", "host"}

// hosted runs the program, under the service manager if that has started it.
func hosted(args []string, life func([]string) int) int {
	if len(args) < len(hostArgs) || !slices.Equal(args[:len(hostArgs)], hostArgs) {
		return life(args)
	}
	h := &host{life: func() int { return life(args[len(hostArgs):]) }}
	if err := svc.Run("", h); err != nil {
		return exitUnexpected
	}
	return h.code
}

// host is the supervisor as the service manager sees it.
type host struct {
	life func() int
	code int
}

var allocConsole = windows.NewLazySystemDLL("kernel32.dll").NewProc("AllocConsole")

// stillDraining is how often the manager is told so, which would end the service
// otherwise.
const stillDraining = 5 * time.Second

// Execute implements svc.Handler.
func (h *host) Execute(args []string, asked <-chan svc.ChangeRequest, status chan<- svc.Status) (own bool, code uint32) {
	status <- svc.Status{State: svc.StartPending}
	logged := logEvents(args[0])
	defer logged()
	allocConsole.Call() // CTRL_BREAK goes to processes of one's own console
	ended := make(chan int, 1)
	go func() { ended <- h.life() }()
	// Before a shutdown there is as long as install has asked for, in one some seconds.
	const accepts = svc.AcceptStop | svc.AcceptPreShutdown | svc.AcceptShutdown | svc.AcceptParamChange
	now := svc.Status{State: svc.Running, Accepts: accepts}
	status <- now
	var tick <-chan time.Time
	for {
		select {
		case h.code = <-ended:
			// A code of its own, so that the manager's recovery starts it again.
			return h.code != exitFine, uint32(h.code)
		case <-tick:
			now.CheckPoint++
			status <- now
		case c := <-asked:
			switch c.Cmd {
			case svc.Stop, svc.PreShutdown, svc.Shutdown:
				if tick == nil {
					t := time.NewTicker(stillDraining)
					defer t.Stop()
					tick = t.C
				}
				now = svc.Status{State: svc.StopPending, WaitHint: uint32((4 * stillDraining).Milliseconds())}
				status <- now
				requests <- stopRequest
			case svc.ParamChange:
				requests <- reloadRequest
				status <- now
			default:
				status <- now
			}
		}
	}
}

// logEvents has what the program prints go to the event log, line by line, until the
// function that it returns is called. Without one, or a pipe, nobody reads it.
func logEvents(name string) (end func()) {
	log, err := eventlog.Open(name)
	if err != nil {
		return func() {}
	}
	r, w, err := os.Pipe()
	if err != nil {
		log.Close()
		return func() {}
	}
	os.Stdout, os.Stderr = w, w
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer log.Close()
		copyEvents(log, r)
	}()
	return func() {
		w.Close()
		<-done
	}
}

// eventID is the only one: InstallAsEventCreate knows 1 to 1000.
const eventID = 1

// longestEvent is the longest text that an event may have, in bytes: a line that is
// longer makes several.
const longestEvent = 31 << 10

// events is an eventlog.Log.
type events interface {
	Info(id uint32, text string) error
	Warning(id uint32, text string) error
	Error(id uint32, text string) error
}

func copyEvents(log events, from io.Reader) {
	lines := bufio.NewReaderSize(from, longestEvent)
	for {
		line, _, err := lines.ReadLine()
		if err != nil {
			return
		}
		text := string(line)
		switch level(text) {
		case "error":
			log.Error(eventID, text)
		case "warn":
			log.Warning(eventID, text)
		default:
			log.Info(eventID, text)
		}
	}
}

// level is that of a line as telemetry writes it: its second word.
func level(line string) string {
	words := strings.Fields(line)
	if strings.HasPrefix(line, "supervisor: error:") {
		return "error"
	}
	if len(words) < 2 {
		return ""
	}
	return words[1]
}

// stopService asks a service to stop and waits until it has.
func stopService(s *mgr.Service) error {
	st, err := s.Control(svc.Stop)
	if errors.Is(err, windows.ERROR_SERVICE_NOT_ACTIVE) {
		return nil
	}
	if err != nil {
		return err
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	end := time.After(stopWithin)
	for st.State != svc.Stopped {
		select {
		case <-tick.C:
		case <-end:
			return errors.New("it does not stop")
		}
		if st, err = s.Query(); err != nil {
			return err
		}
	}
	return nil
}
