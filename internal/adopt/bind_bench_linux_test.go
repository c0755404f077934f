package adopt

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

// BenchmarkBind is what a call of bind takes, alone and when it waits for the answer
// here. The target is less than 50 µs.
func BenchmarkBind(b *testing.B) {
	b.Run("bare", func(b *testing.B) { binds(b, false) })
	b.Run("trapped", func(b *testing.B) { binds(b, true) })
}

func binds(b *testing.B, trapped bool) {
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer null.Close()
	var launcher proc.Launcher
	result, fd, mark := filepath.Join(b.TempDir(), "took"), int(null.Fd()), "ADOPT_TEST="+rand.Text()
	p, err := launcher.Start(b.Context(), proc.Spec{
		Path: self, Args: []string{self, "binds", strconv.Itoa(b.N), result}, Env: append(os.Environ(), mark), Mark: mark,
		Stdin: fd, Stdout: fd, Stderr: 2, Trap: trapped,
	})
	if err != nil {
		b.Fatal(err)
	}
	table := NewTable(func(n Notice) { b.Log(n.Text) })
	defer table.Close()
	followed := make(chan struct{})
	owner := Owner{1, p.PID()}
	go func() {
		defer close(followed)
		if reports, err := p.Trap(); trapped && err == nil {
			table.Follow(Tree{owner, p.Contains, false}, reports)
		}
	}()
	p.Wait()
	if reports, _ := p.Trap(); reports != nil {
		reports.Close()
	}
	<-followed
	table.Gone(owner)
	text, err := os.ReadFile(result)
	if err != nil {
		b.Fatal(err)
	}
	var mean, half float64
	if _, err := fmt.Sscan(string(text), &mean, &half); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(mean, "ns/bind")
	b.ReportMetric(half, "ns/half-within") // what other programs on the machine disturb less
	b.ReportMetric(0, "ns/op")
}

// bindAgain binds many sockets, one after the other, and writes down what that took.
func bindAgain(times, result string) error {
	n, err := strconv.Atoi(times)
	if err != nil {
		return err
	}
	took := make([]time.Duration, 0, n)
	addr := unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
	for range n {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		// Port 0 is left alone, so that the first gives one that is free.
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
		began := time.Now()
		err = unix.Bind(fd, &addr)
		took = append(took, time.Since(began))
		if err != nil {
			return err
		}
		if addr.Port == 0 {
			got, err := unix.Getsockname(fd)
			if err != nil {
				return err
			}
			addr.Port = got.(*unix.SockaddrInet4).Port
		}
		unix.Close(fd)
	}
	var all time.Duration
	for _, d := range took {
		all += d
	}
	slices.Sort(took)
	return os.WriteFile(result, fmt.Append(nil, all.Nanoseconds()/int64(n), took[n/2].Nanoseconds()), 0o600)
}
