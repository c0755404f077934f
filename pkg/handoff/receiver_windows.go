package handoff

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"

	sockets "github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// Receiver is the supervisor's end of the pipe of one process of a generation. Only
// processes of its tree are spoken to, and none before Admit.
type Receiver struct {
	path     string
	listener net.Listener
	jobs     sync.WaitGroup
	arrived  chan Message  // to Next
	admitted chan struct{} // closed by Admit
	finished chan struct{} // closed when nobody can connect any more
	ended    chan struct{} // closed by Close: who has a message throws it away

	offer Offer // after admitted
	holds func(pid int) bool

	mu       sync.Mutex
	members  map[*member]bool
	draining bool
	finish   sync.Once
	close    sync.Once
}

// member is a process of the tree that has been greeted.
type member struct {
	conn net.Conn
	pid  int
	mu   sync.Mutex // held while a message is written
}

const (
	maxMembers = 64       // of one tree
	pipeBuffer = 64 << 10 // bytes: the order to drain is never waited with
	strangers  = "which is none of the service's"
)

// Receive makes the pipe. Its name is made up, so that nobody can have it already; it
// is for this user and for administrators. The path counts for nothing on Windows.
func Receive(string) (*Receiver, error) {
	name := `\\.\pipe\supervisor-service-` + rand.Text()
	own, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, fmt.Errorf("cannot make a pipe for a service: %w", err)
	}
	l, err := winio.ListenPipe(name, &winio.PipeConfig{
		SecurityDescriptor: fmt.Sprintf("O:%[1]vD:P(A;;GA;;;%[1]v)(A;;GA;;;BA)", own.User.Sid),
		InputBufferSize:    pipeBuffer,
		OutputBufferSize:   pipeBuffer,
	})
	if err != nil {
		return nil, fmt.Errorf("cannot make a pipe for a service: %w", err)
	}
	r := &Receiver{
		path: name, listener: l, arrived: make(chan Message), admitted: make(chan struct{}),
		finished: make(chan struct{}), ended: make(chan struct{}), members: map[*member]bool{},
	}
	r.jobs.Go(r.accept)
	return r, nil
}

// Path is what goes into the service's SUPERVISOR_PIPE.
func (r *Receiver) Path() string { return r.path }

// Admit says what a process gets that greets, and which processes may. It is called
// once, when the process tree is there; who connects before waits.
func (r *Receiver) Admit(o Offer, holds func(pid int) bool) {
	r.offer, r.holds = o, holds
	close(r.admitted)
}

func (r *Receiver) accept() {
	for {
		conn, err := r.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			r.deliver(Message{UID: -1, Err: fmt.Errorf("cannot accept on the pipe of the service: %w", err)})
			return
		}
		r.jobs.Go(func() { r.serve(conn) })
	}
}

// serve speaks to one client until it is gone.
func (r *Receiver) serve(conn net.Conn) {
	defer conn.Close()
	select {
	case <-r.admitted:
	case <-r.finished:
		return
	}
	m := &member{conn: conn, pid: clientOf(conn)}
	if m.pid == 0 || !r.holds(m.pid) {
		r.deliver(Message{UID: -1, Err: fmt.Errorf("process %d connected, %s: it was told nothing", m.pid, strangers)})
		return
	}
	in := bufio.NewReader(conn)
	if err := r.greet(m, in); err != nil {
		r.complain(m, err)
		return
	}
	defer r.leave(m)
	for {
		got, err := readPipeMessage(in)
		if err != nil {
			r.complain(m, err)
			return
		}
		if message, ok := r.message(m, got); !ok || !r.deliver(message) {
			return
		}
		if got.Socket != nil && m.write(pipeMessage{Kept: true}) != nil {
			return
		}
	}
}

// clientOf is the PID of the process at the other end, 0 if it cannot be known.
func clientOf(conn net.Conn) int {
	pipe, ok := conn.(interface{ Fd() uintptr })
	if !ok {
		return 0
	}
	var pid uint32
	if windows.GetNamedPipeClientProcessId(windows.Handle(pipe.Fd()), &pid) != nil {
		return 0
	}
	return int(pid)
}

// greet answers a greeting with the sockets.
func (r *Receiver) greet(m *member, in *bufio.Reader) error {
	if err := m.conn.SetReadDeadline(time.Now().Add(greetTimeout)); err != nil {
		return err
	}
	hello, err := readPipeMessage(in)
	if err != nil {
		return err
	}
	if hello.Version == 0 {
		return fmt.Errorf("%w: it is no greeting", errPipeMessage)
	}
	if err := m.conn.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	answer := pipeMessage{Version: pipeVersion, PID: os.Getpid(), Store: r.offer.StoreMax}
	for _, n := range append(append([]Named(nil), r.offer.Sockets...), r.offer.Stored...) {
		info, err := sockets.Duplicate(n.FD, m.pid)
		if err != nil {
			return fmt.Errorf("cannot give away the socket %q: %w", n.Name, err)
		}
		answer.Sockets = append(answer.Sockets, pipeSocket{Name: n.Name, Info: info})
	}
	if err := m.write(answer); err != nil {
		return err
	}
	return r.join(m)
}

// join makes m one that hears of the drain, also if that has begun already.
func (r *Receiver) join(m *member) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-r.finished: // nobody would end its reading
		return net.ErrClosed
	default:
	}
	if len(r.members) >= maxMembers {
		return fmt.Errorf("more than %d processes of one service cannot be spoken to", maxMembers)
	}
	r.members[m] = true
	if r.draining {
		return m.write(pipeMessage{Drain: true})
	}
	return nil
}

func (r *Receiver) leave(m *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.members, m)
}

func (m *member) write(message pipeMessage) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.conn.SetWriteDeadline(time.Now().Add(sendTimeout)); err != nil {
		return err
	}
	return writePipeMessage(m.conn, message)
}

// message turns what a member said into what a Receiver tells elsewhere.
func (r *Receiver) message(m *member, got pipeMessage) (message Message, ok bool) {
	message = Message{PID: m.pid, UID: -1}
	if got.Notify == "" {
		message.Err = fmt.Errorf("%w: a process sends notices, and this is none", errPipeMessage)
		return message, true
	}
	if message.Notice, message.Err = ParseNotice([]byte(got.Notify)); message.Err != nil {
		message.Notice = Notice{}
		return message, true
	}
	switch {
	case message.Notice.Barrier:
		message.Notice, message.Err = Notice{}, errors.New("cannot read notification: BARRIER=1 needs a descriptor, which a pipe does not carry; notices on a pipe keep their order")
	case message.Notice.Store && got.Socket == nil:
		message.Notice, message.Err = Notice{}, errors.New("cannot read notification: FDSTORE=1 came without a socket")
	case message.Notice.Store:
		handle, err := sockets.Take(got.Socket.Info)
		if err != nil {
			message.Notice, message.Err = Notice{}, fmt.Errorf("cannot read notification: FDSTORE=1: %w", err)
			break
		}
		message.FDs = []int{handle}
	}
	return message, true
}

// complain tells of a member that cannot be spoken to. That it went away is no news.
func (r *Receiver) complain(m *member, err error) {
	if errors.Is(err, io.EOF) || errors.Is(err, windows.ERROR_BROKEN_PIPE) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, winio.ErrFileClosed) || errors.Is(err, windows.ERROR_NO_DATA) {
		return
	}
	r.deliver(Message{PID: m.pid, UID: -1, Err: err})
}

// deliver hands a message to Next and reports whether it was taken.
func (r *Receiver) deliver(m Message) bool {
	select {
	case r.arrived <- m:
		return true
	case <-r.ended:
		m.Close()
		return false
	}
}

// Drain has the processes of the tree that speak on the pipe stop accepting and end
// when they are done. It reports whether there is any.
func (r *Receiver) Drain() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.draining = true
	told := false
	for m := range r.members {
		told = m.write(pipeMessage{Drain: true}) == nil || told
	}
	return told
}

// Next waits for a message. After Close, and after Finish once everything has been
// read, it returns net.ErrClosed. What is of no use is not an error but a Message with
// Err set.
func (r *Receiver) Next() (Message, error) {
	// What arrived before the end comes first.
	select {
	case m, ok := <-r.arrived:
		if ok {
			return m, nil
		}
	case <-r.ended:
	}
	return Message{}, net.ErrClosed
}

// Finish says that the process tree is gone: Next goes on with what has arrived, and
// then returns net.ErrClosed. It may come from any goroutine.
func (r *Receiver) Finish() {
	r.finish.Do(func() {
		close(r.finished)
		r.listener.Close()
		// The other ends are closed by now. If a stranger was given one, that must not
		// keep us from ending.
		r.mu.Lock()
		for m := range r.members {
			m.conn.SetReadDeadline(time.Now().Add(lastWords))
		}
		r.mu.Unlock()
		go func() {
			r.jobs.Wait()
			close(r.arrived)
		}()
	})
}

// lastWords is how long what a process said may take to arrive after its end.
const lastWords = time.Second

// Close ends Next. Messages that nobody read are dropped with their sockets.
func (r *Receiver) Close() error {
	r.close.Do(func() {
		close(r.ended)
		r.mu.Lock()
		for m := range r.members {
			m.conn.Close()
		}
		r.mu.Unlock()
		r.Finish()
		r.jobs.Wait()
	})
	return nil
}

// Message.Close and the Store end sockets by these.

func closeAll(handles []int) {
	for _, h := range handles {
		closeFD(h)
	}
}
