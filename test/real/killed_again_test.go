//go:build real

package real

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// kills is how often a supervisor is killed in a row.
const kills = 20

// A killable is a supervisor that is killed and started again in the same place.
type killable struct {
	*running
	args []string
	outs []*output // of all that were started
}

func (k *killable) again() {
	k.t.Helper()
	k.start(program("supervisor"), k.args...)
	out, n := k.out, len(k.outs)
	k.outs = append(k.outs, out)
	k.t.Cleanup(func() {
		if k.t.Failed() {
			k.t.Logf("supervisor %d:\n%s", n, out)
		}
	})
}

// kill ends it, unless it has not even begun.
func (k *killable) kill() {
	k.t.Helper()
	if err := k.cmd.Process.Kill(); err != nil && !(errors.Is(err, os.ErrProcessDone) && k.refused()) {
		k.t.Fatal(err)
	}
	k.waits(k.exited, "the supervisor")
}

// refused: for a moment after the kill a child that is being started still has the
// control socket open. Whoever restarts a supervisor tries again, and so do we.
func (k *killable) refused() bool {
	return strings.Contains(k.out.String(), "another program answers on")
}

func (k *killable) await(text string) {
	k.t.Helper()
	for {
		err := k.out.await(text)
		if err == nil {
			return
		}
		if !k.refused() {
			k.t.Fatal(err)
		}
		k.waits(k.exited, "the supervisor")
		k.again()
	}
}

// leavesNothing stops the last supervisor. What any of them started is gone then.
func (k *killable) leavesNothing() {
	k.t.Helper()
	k.stops()
	for _, o := range k.outs {
		k.waits(o.ended, "what a killed supervisor left")
	}
	if left, err := os.ReadDir(k.dir); err != nil || len(left) > 0 && !onlyCache(left) {
		k.t.Errorf("left are %v, %v", left, err)
	}
}

func onlyCache(left []os.DirEntry) bool { return len(left) == 1 && left[0].Name() == "cache" }

// use is what a supervisor needs when it has nothing to do.
type use struct{ fds, kilobytes int }

// rests waits until generation n serves alone, and tells what its supervisor needs.
func (k *killable) rests() use {
	k.t.Helper()
	deadline, again := time.After(patience), time.NewTicker(20*time.Millisecond)
	defer again.Stop()
	for {
		st := k.status()
		if len(st.Generations) == 1 && st.Generations[0].Phase == "serving" {
			return k.use()
		}
		select {
		case <-again.C:
		case <-deadline:
			k.t.Fatalf("it does not come to rest: %+v", st)
		}
	}
}

func (k *killable) use() (u use) {
	k.t.Helper()
	proc := fmt.Sprintf("/proc/%d/", k.cmd.Process.Pid)
	fds, err := os.ReadDir(proc + "fd")
	if err != nil {
		k.t.Fatal(err)
	}
	status, err := os.ReadFile(proc + "status")
	if err != nil {
		k.t.Fatal(err)
	}
	_, rss, _ := strings.Cut(string(status), "VmRSS:")
	u.fds = len(fds)
	u.kilobytes, _ = strconv.Atoi(strings.Fields(rss)[0])
	return u
}

// someFDs are those of a client that asks.
const someFDs = 4

// A supervisor that is killed, at whatever moment, and started again loses nothing.
func TestKilledAgainAndAgain(t *testing.T) {
	for name, of := range map[string]load.Load{"connections": load.HTTP, "keepalive": load.Keepalive, "slow": load.Slow} {
		t.Run(name, func(t *testing.T) {
			addr := free(t)
			k := &killable{running: newRunning(t), args: []string{"run", "--listen", addr, "--", program("service"), "-http", addr}}
			k.again()
			k.await("service #1 serving")
			l := startLoadOf(t, load.Config{Load: of, Address: addr})
			first := k.rests()
			// What it had just said when it was killed.
			moments := []string{"listening on", "taken over", "starting", "serving", "draining"}
			for n := range kills {
				k.kill()
				k.again()
				if n%4 > 0 { // else at once, before it has done anything
					k.await(moments[n%len(moments)])
				}
			}
			l.next(t)
			last := k.rests()
			t.Logf("at first %+v, after %d kills %+v", first, kills, last)
			if last.fds > first.fds+someFDs {
				t.Errorf("descriptors grew from %d to %d", first.fds, last.fds)
			}
			if st := k.status(); st.Generations[0].Number < 2 {
				t.Errorf("generation %d serves: numbers were given again", st.Generations[0].Number)
			}
			l.end(t)
			k.leavesNothing()
		})
	}
}

// A new version that fails does not end what survived, nor the supervisor.
func TestKilledAndTheNextVersionIsBad(t *testing.T) {
	t.Parallel()
	addr := free(t)
	k := &killable{running: newRunning(t), args: []string{"run", "--listen", addr, "--", "./web", "-http", addr}}
	put := func(how string) {
		t.Helper()
		if out, err := exec.Command("sh", "-ec", how+"; mv "+k.path("new")+" "+k.path("web")).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	put("cp " + program("service") + " " + k.path("new"))
	k.again()
	k.await("web #1 serving")
	survivor := k.status().Generations[0].Processes[0].PID
	l := startLoad(t, addr)
	k.kill()
	put("printf '#!/bin/sh\\nexit 7\\n' >" + k.path("new") + "; chmod +x " + k.path("new"))
	k.again()
	k.await("exit status 7")
	st := k.status()
	if g := st.Generations; len(g) != 1 || g[0].Number != 1 || g[0].Phase != "serving" || g[0].Processes[0].PID != survivor {
		t.Errorf("it stands as %+v", st)
	}
	k.reloads(4, "exit status 7")
	put("cp " + program("service") + " " + k.path("new"))
	k.reloads(0, "promoted")
	l.next(t)
	k.rests()
	l.end(t)
	os.Remove(k.path("web"))
	k.leavesNothing()
}

// Somebody else who has the PID by now, or something else that is on record: nobody
// is touched who is not what was left.
func TestKilledAndThePIDIsSomebodyElses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(process map[string]any, stranger int){
		"start": func(p map[string]any, stranger int) { p["pid"] = stranger },
		"mark":  func(p map[string]any, stranger int) { p["pid"], p["start"] = stranger, startOf(t, stranger) },
	} {
		t.Run(name, func(t *testing.T) {
			addr := free(t)
			k := &killable{running: newRunning(t), args: []string{"run", "--listen", addr, "--", program("service"), "-http", addr}}
			k.again()
			k.await("service #1 serving")
			stranger := exec.Command("sh", "-c", "trap 'exit 1' TERM; read line")
			stdin, err := stranger.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := stranger.Start(); err != nil {
				t.Fatal(err)
			}
			k.rests()
			k.kill()
			k.edit(func(r map[string]any) {
				g := r["services"].([]any)[0].(map[string]any)["generations"].([]any)[0].(map[string]any)
				change(g["processes"].([]any)[0].(map[string]any), stranger.Process.Pid)
			})
			k.again()
			k.await("service #2 serving")
			k.rests()
			stdin.Write([]byte("\n"))
			if err := stranger.Wait(); err != nil {
				t.Errorf("the stranger: %v", err)
			}
			k.leavesNothing()
		})
	}
}

func startOf(t *testing.T, pid int) uint64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	start, err := strconv.ParseUint(strings.Fields(rest)[19], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return start
}

// edit changes the record of a supervisor that is gone.
func (k *killable) edit(change func(map[string]any)) {
	k.t.Helper()
	path := k.path("control.state")
	text, err := os.ReadFile(path)
	if err != nil {
		k.t.Fatal(err)
	}
	var r map[string]any
	if err := json.Unmarshal(text, &r); err != nil {
		k.t.Fatal(err)
	}
	change(r)
	if text, err = json.Marshal(r); err != nil {
		k.t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		k.t.Fatal(err)
	}
}

// A record that cannot be read is reported, and the address is said to be taken.
func TestKilledAndTheRecordIsDamaged(t *testing.T) {
	t.Parallel()
	addr := free(t)
	k := &killable{running: newRunning(t), args: []string{"run", "--listen", addr, "--", program("service"), "-http", addr}}
	k.again()
	k.await("service #1 serving")
	orphan := k.orphan()
	k.kill()
	k.write("control.state", "{\"version\": 1, \"boot\"")
	if err := os.Chmod(k.path("control.state"), 0o600); err != nil {
		t.Fatal(err)
	}
	k.again()
	k.await("it is damaged")
	k.await(fmt.Sprintf("address in use by service (pid %d)", orphan))
	k.waits(k.exited, "the supervisor")
	if err := syscall.Kill(orphan, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	k.again()
	k.await("service #1 serving")
	k.leavesNothing()
}
