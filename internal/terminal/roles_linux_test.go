package terminal_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/internal/telemetry"
	"github.com/seed-27ba25bb/supervisor/internal/terminal"
)

var roles = map[string]func(){"demo": demo, "shell": shell}

// orders come on descriptor 3 and are answered on 4.
func orders() (*bufio.Scanner, *os.File) {
	return bufio.NewScanner(os.NewFile(3, "orders")), os.NewFile(4, "answers")
}

// demo is a supervisor without services: it does as it is told, and shows the keys
// that it gets.
func demo() {
	next, answers := orders()
	t, err := terminal.Open(terminal.Options{In: os.Stdin})
	if err != nil {
		fmt.Fprintln(answers, "failed", err)
		return
	}
	log := telemetry.New(telemetry.Options{Screen: t, Color: os.Getenv("NO_COLOR") == "", Services: []string{"web"}})
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	// As the supervisor has them, for which they mean something of its own.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGTTIN, syscall.SIGTTOU, syscall.SIGHUP)
	lines := make(chan string)
	go func() {
		defer close(lines)
		for next.Scan() {
			lines <- next.Text()
		}
	}()
	fmt.Fprintln(answers, "ready", os.Getpid())
	keys := t.Keys()
	for {
		select {
		case k, open := <-keys:
			if keys == nil || !open {
				keys = nil
				fmt.Fprintln(answers, "no more keys")
				continue
			}
			if k == terminal.Clear {
				t.Clear()
			}
			fmt.Fprintln(answers, "key", string(rune(k)))
		case <-interrupts:
			fmt.Fprintln(answers, "interrupted")
		case order, open := <-lines:
			if !open {
				t.Close()
				fmt.Fprintln(answers, "closed")
				return
			}
			obey(log, order)
			fmt.Fprintln(answers, "done", order)
		}
	}
}

// obey: "print TEXT", "fail FILE" for a build that has an error there, or a kind of
// report and the number of a generation.
func obey(log *telemetry.Logger, order string) {
	what, rest, _ := strings.Cut(order, " ")
	if what == "print" {
		w := log.Writer("web", 1)
		fmt.Fprintln(w, rest)
		w.Close()
		return
	}
	if what == "fail" {
		log.Report(telemetry.Report{Service: "web", Kind: telemetry.BuildFailed, Generation: 7, Serving: 6,
			Problems: []telemetry.Problem{{File: rest, Line: 4, Column: 7, Message: "undefined: x"}}})
		return
	}
	n, _ := strconv.Atoi(rest)
	log.Report(telemetry.Report{Service: "web", Kind: what, Generation: n})
}

// shell is the least of a shell with job control: it runs demo as a job, takes the
// terminal back when the job stops, and does as it is told: fg, bg, start in the
// background.
func shell() {
	next, answers := orders()
	signal.Ignore(syscall.SIGTTOU, syscall.SIGTSTP)
	mode, _ := unix.IoctlGetTermios(0, unix.TCGETS)
	signal.Reset(syscall.SIGTSTP)
	job := exec.Command(os.Args[0])
	job.Env = append(os.Environ(), role+"=demo")
	job.Stdin, job.Stdout, job.Stderr = os.Stdin, os.Stdout, os.Stderr
	job.ExtraFiles = []*os.File{os.NewFile(5, "job orders"), os.NewFile(6, "job answers")}
	job.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Foreground: os.Getenv("BACKGROUND") == "", Ctty: 0}
	if err := job.Start(); err != nil {
		fmt.Fprintln(answers, "failed", err)
		return
	}
	stopped := make(chan syscall.WaitStatus)
	go func() {
		for {
			var s syscall.WaitStatus
			if _, err := syscall.Wait4(job.Process.Pid, &s, syscall.WUNTRACED, nil); errors.Is(err, syscall.EINTR) {
				continue
			} else if err != nil {
				close(stopped)
				return
			}
			stopped <- s
		}
	}()
	lines := make(chan string)
	go func() {
		defer close(lines)
		for next.Scan() {
			lines <- next.Text()
		}
	}()
	take := func(group int) { unix.IoctlSetPointerInt(0, unix.TIOCSPGRP, group) }
	for {
		select {
		case s, open := <-stopped:
			if !open {
				return
			}
			now, _ := unix.IoctlGetTermios(0, unix.TCGETS)
			take(unix.Getpgrp())
			// Of the least of shells, the job has to leave the mode as it was.
			fmt.Fprintln(answers, "job stopped:", s.Stopped(), "mode as before:", *now == *mode)
			if s.Exited() || s.Signaled() {
				return
			}
		case order, open := <-lines:
			switch {
			case !open:
				job.Process.Kill()
				return
			case order == "fg":
				take(job.Process.Pid)
				fallthrough
			case order == "bg":
				syscall.Kill(-job.Process.Pid, syscall.SIGCONT)
			case order == "give": // as fg does for a job that runs
				take(job.Process.Pid)
			case order == "take":
				take(unix.Getpgrp())
			}
			fmt.Fprintln(answers, "did", order)
		}
	}
}

const patience = 20 * time.Second
