package terminal_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// shell starts a shell in the window, and the demo as a job of it.
func (w *window) shell(env ...string) (shell, job *talk) {
	w.t.Helper()
	shell, job = newTalk(w.t), newTalk(w.t)
	c := exec.Command(os.Args[0])
	c.Env = append(append(os.Environ(), role+"=shell", "TERM=xterm"), env...)
	c.Stdin, c.Stdout, c.Stderr = w.slave, w.slave, w.slave
	c.ExtraFiles = append(shell.theirs[:], job.theirs[:]...)
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	if err := c.Start(); err != nil {
		w.t.Fatal(err)
	}
	shell.started()
	job.started()
	var pid int
	if _, err := fmt.Sscanf(job.hear("ready"), "ready %d", &pid); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { syscall.Kill(pid, syscall.SIGKILL); c.Process.Kill(); c.Wait() })
	return shell, job
}

func (k *talk) does(order string) {
	k.t.Helper()
	k.say(order)
	k.hear("did " + order)
}

func TestSuspendAndResume(t *testing.T) {
	w := openWindow(t, 60, 10)
	before := w.mode()
	shell, job := w.shell()
	job.tell("print first")
	job.tell("building 7")
	w.wants("web #1 | first", "web #7 building TIME …")
	w.types("\x1a") // Ctrl-Z
	if said := shell.hear("job stopped"); said != "job stopped: true mode as before: true" {
		t.Error(said)
	}
	w.wants("web #1 | first")
	shell.does("fg")
	w.wants("web #1 | first", "web #7 building TIME …")
	w.types("r")
	job.hear("key r")
	job.orders.Close()
	job.hear("closed")
	if said := shell.hear("job stopped"); said != "job stopped: false mode as before: true" {
		t.Error(said)
	}
	if w.mode() != before {
		t.Error("the mode was not given back")
	}
}

func TestBackground(t *testing.T) {
	w := openWindow(t, 60, 10)
	before := w.mode()
	shell, job := w.shell()
	job.tell("building 7")
	w.wants("web #7 building TIME …")
	w.types("\x1a")
	shell.hear("job stopped")
	shell.does("bg")
	job.tell("print from behind")
	w.wants("web #1 | from behind")
	if w.mode() != before {
		t.Error("the mode was touched from the background")
	}
	// What is typed is the shell's, although the job is woken by it.
	w.types("r\n")
	w.wants("web #1 | from behind", "r")
	job.tell("print still there")
	w.wants("web #1 | from behind", "r", "web #1 | still there")
	// A shell tells nothing to a job that runs when it gets the terminal.
	shell.does("give")
	w.types("l\n")
	job.hear("key l")
	w.until("live line", func(seen []string) bool {
		return len(seen) > 0 && strings.Contains(seen[len(seen)-1], "building")
	})
	if w.mode() == before {
		t.Error("keys still need Enter")
	}
	w.types("q")
	job.hear("key q")
}

func TestStartedInTheBackground(t *testing.T) {
	w := openWindow(t, 60, 10)
	before := w.mode()
	shell, job := w.shell("BACKGROUND=1")
	job.tell("building 7")
	job.tell("print from behind")
	w.wants("web #1 | from behind")
	w.types("r\n")
	w.wants("web #1 | from behind", "r")
	if w.mode() != before {
		t.Error("the mode was touched from the background")
	}
	shell.does("give")
	w.types("l\n")
	job.hear("key l")
	// Taken away again without a word, it is left as it is.
	shell.does("take")
	mode := w.mode()
	job.orders.Close()
	job.hear("closed")
	if w.mode() != mode {
		t.Error("the mode was touched from the background")
	}
}
