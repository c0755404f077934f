package succession

import (
	"bufio"
	"crypto/rand"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

const patience = 30 * time.Second

// estate is what a killed supervisor has left.
type estate struct {
	t      *testing.T
	record *Record
	socket *os.File
	addr   string
	inode  uint64
}

func newEstate(t *testing.T) *estate {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	e := &estate{t: t, socket: f, addr: l.Addr().String()}
	e.inode = e.inodeOf(f)
	t.Cleanup(func() { f.Close() })
	r := sample()
	r.Family, r.Services = rand.Text()+".", nil
	r.Sockets = []Socket{{"http", "tcp://" + e.addr, e.inode}}
	e.record = &r
	return e
}

func (e *estate) inodeOf(f *os.File) uint64 {
	e.t.Helper()
	info, err := f.Stat()
	if err != nil {
		e.t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Ino
}

// leave starts a process of a service, which has the files.
func (e *estate) leave(service, generation string, files ...*os.File) Process {
	e.t.Helper()
	mark := supervise.MarkPrefix + e.record.Family + rand.Text()
	cmd := exec.Command("/bin/sh", "-c", "echo up; read line")
	cmd.Env = []string{mark, "SUPERVISOR_SERVICE=" + service, "SUPERVISOR_GENERATION=" + generation}
	cmd.ExtraFiles = files
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// It waits for a line that never comes.
	if _, err := cmd.StdinPipe(); err != nil {
		e.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		e.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		e.t.Fatal(err)
	}
	e.t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		e.t.Fatal(err)
	}
	for _, s := range proc.Strays(mark) {
		return Process{Identity: s.Identity}
	}
	e.t.Fatal("the process is not found")
	return Process{}
}

func (e *estate) generation(number int, phase lifecycle.Phase, files ...*os.File) Generation {
	e.t.Helper()
	p := e.leave("web", "0", files...)
	p.ID = 10 + number
	return Generation{Number: number, Phase: phase, Signal: 15, DrainTimeout: time.Second, Listens: true, Processes: []Process{p}}
}

func (e *estate) takeOver(have func(string) bool) Left {
	e.t.Helper()
	left := e.record.TakeOver(have)
	for _, p := range left.Problems {
		e.t.Error(p)
	}
	e.t.Cleanup(func() {
		for _, f := range left.Services {
			for _, g := range f.Generations {
				for _, p := range g.Processes {
					p.Child.Kill()
					p.Child.Wait()
				}
			}
		}
	})
	return left
}

func none(string) bool { return false }

func TestTakeOver(t *testing.T) {
	e := newEstate(t)
	kept, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stored, err := kept.(*net.UDPConn).File()
	if err != nil {
		t.Fatal(err)
	}
	e.record.Services = []Service{{
		Name: "web", Last: 9, LastProcess: 20,
		Generations: []Generation{e.generation(3, lifecycle.Draining, e.socket), e.generation(4, lifecycle.Serving, e.socket, stored)},
		Stored:      []Stored{{"kept", e.inodeOf(stored)}, {"lost", 1}},
	}, {Name: "done", Last: 3, LastProcess: 3}}
	e.record.Services[0].Generations[0].Processes[0].Asked = true
	kept.Close()
	stored.Close()
	e.socket.Close()
	left := e.takeOver(none)
	if len(left.Sockets) != 1 || !left.Sockets[0].Ours || left.Sockets[0].Name != "http" || left.Sockets[0].Addr.String() != e.addr {
		t.Fatalf("sockets are %+v, want %s", left.Sockets, e.addr)
	}
	var h listener.Inheritance
	h.Add(left.Sockets...)
	defer h.Close()
	if c, err := net.DialTimeout("tcp", e.addr, patience); err != nil {
		t.Error(err)
	} else {
		c.Close()
	}
	if len(left.Services) != 2 || left.Services[1].Last != 3 {
		t.Fatalf("services are %+v", left.Services)
	}
	web := left.Services[0]
	if web.Last != 9 || web.LastProc != 20 || len(web.Generations) != 2 {
		t.Fatalf("web is %+v", web)
	}
	if old := web.Generations[0]; old.Phase != lifecycle.Draining || !old.Processes[0].Asked || old.Signal != syscall.SIGTERM {
		t.Errorf("the old one is %+v", old)
	}
	if serving := web.Generations[1]; serving.Phase != lifecycle.Serving || serving.Processes[0].Asked || serving.Processes[0].ID != 14 {
		t.Errorf("what serves is %+v", serving)
	}
	if len(web.Stored) != 1 || web.Stored[0].Name != "kept" {
		t.Fatalf("stored is %+v", web.Stored)
	}
	syscall.Close(web.Stored[0].FD)
}

func TestSocketsThatAreThereAreNotTaken(t *testing.T) {
	e := newEstate(t)
	e.record.Services = []Service{{Name: "web", Generations: []Generation{e.generation(1, lifecycle.Serving, e.socket)}}}
	if left := e.takeOver(func(key string) bool { return key == "http" }); len(left.Sockets) > 0 {
		t.Errorf("taken are %v", left.Sockets)
	}
}

// One that was asked to drain a moment before that could be recorded listens no
// more. It is not asked again, and the one promoted in its place serves.
func TestOneWhoListensNoMoreDrains(t *testing.T) {
	e := newEstate(t)
	e.record.Services = []Service{{
		Name: "web", Generations: []Generation{e.generation(1, lifecycle.Serving), e.generation(2, lifecycle.Starting, e.socket)},
	}}
	web := e.takeOver(none).Services[0]
	if g := web.Generations[0]; g.Phase != lifecycle.Draining || !g.Processes[0].Asked {
		t.Errorf("the first one is %+v", g)
	}
	if g := web.Generations[1]; g.Phase != lifecycle.Serving || g.Processes[0].Asked {
		t.Errorf("the second one is %+v", g)
	}
}

// The same of one that has bound for itself: of what it had on record nothing is left.
func TestOneWhoHasClosedWhatItBoundDrains(t *testing.T) {
	e := newEstate(t)
	old, next := e.generation(1, lifecycle.Serving), e.generation(2, lifecycle.Starting, e.socket)
	e.record.Sockets = nil
	e.record.Services = []Service{{
		Name: "web", Generations: []Generation{old, next},
		Adopted: []Adopted{{Generation: 1, Process: old.Processes[0].ID, Inode: 1}, {Generation: 2, Process: next.Processes[0].ID, Inode: e.inodeOf(e.socket)}},
	}}
	web := e.takeOver(none).Services[0]
	if g := web.Generations[0]; g.Phase != lifecycle.Draining || !g.Processes[0].Asked {
		t.Errorf("the first one is %+v", g)
	}
	if g := web.Generations[1]; g.Phase != lifecycle.Serving || g.Processes[0].Asked {
		t.Errorf("the second one is %+v", g)
	}
	if len(web.Adopted) != 2 {
		t.Errorf("what they have bound is %+v", web.Adopted)
	}
}

// What was started too late for the record is found by its mark, and drains.
func TestStartedTooLateForTheRecord(t *testing.T) {
	e := newEstate(t)
	e.record.Services = []Service{{
		Name: "web", Last: 4, LastProcess: 14, Generations: []Generation{e.generation(4, lifecycle.Serving, e.socket)},
	}}
	late := e.leave("web", "5", e.socket)
	worker := e.leave("web", "4", e.socket)
	removed := e.leave("removed", "2", e.socket)
	e.leave("web", "no number")
	left := e.takeOver(none)
	if len(left.Services) != 2 {
		t.Fatalf("services are %+v", left.Services)
	}
	web, gone := left.Services[0], left.Services[1]
	if web.Last != 5 || web.LastProc != 16 || len(web.Generations) != 2 {
		t.Fatalf("web is %+v", web)
	}
	if g := web.Generations[0]; g.Phase != lifecycle.Serving || len(g.Processes) != 2 || g.Processes[1].Child.PID() != worker.PID {
		t.Errorf("what serves is %+v", g)
	}
	if g := web.Generations[1]; g.Number != 5 || g.Phase != lifecycle.Draining || g.Processes[0].Child.PID() != late.PID || g.Processes[0].Asked {
		t.Errorf("what was too late is %+v", g)
	}
	if gone.Name != "removed" || gone.Last != 2 || gone.Generations[0].Processes[0].Child.PID() != removed.PID {
		t.Errorf("what is on no record is %+v", gone)
	}
}

// Nobody who has a PID of the record by now is touched.
func TestStrangersAreLeftAlone(t *testing.T) {
	e := newEstate(t)
	g := e.generation(1, lifecycle.Serving, e.socket)
	g.Processes[0].Start++
	other := e.generation(2, lifecycle.Draining, e.socket)
	other.Processes[0].Mark = strings.Replace(other.Processes[0].Mark, ".", ".x", 1)
	mark := e.record.Family
	e.record.Family = rand.Text() // they are no strays, either
	e.record.Services = []Service{{Name: "web", Last: 2, Generations: []Generation{g, other}}}
	left := e.takeOver(none)
	if len(left.Services[0].Generations) > 0 || len(left.Sockets) > 0 || left.Services[0].Last != 2 {
		t.Errorf("taken over is %+v", left)
	}
	if all := proc.Strays(supervise.MarkPrefix + mark); len(all) != 2 {
		t.Errorf("of the strangers %+v are left", all)
	}
}
