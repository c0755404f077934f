package listener

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const holderEnv = "LISTENER_TEST_HOLD"

func TestMain(m *testing.M) {
	if addr := os.Getenv(holderEnv); addr != "" {
		hold(addr)
		return
	}
	os.Exit(m.Run())
}

// hold is the other process: it says where it listens, and ends with its input.
func hold(addr string) {
	a, err := Parse(addr)
	if err == nil {
		var s *Socket
		if s, err = Open(context.Background(), a); err == nil {
			defer s.Close()
			fmt.Println(s.Bound())
			io.Copy(io.Discard, os.Stdin)
			return
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func TestInUseNamesTheHolder(t *testing.T) {
	dir := shortDir(t)
	for holds, wants := range map[string][]string{
		"tcp://127.0.0.1:0":        {"tcp://127.0.0.1:PORT", "tcp4://:PORT"},
		"tcp://:0":                 {"tcp://:PORT", "tcp4://0.0.0.0:PORT", "tcp6://[::]:PORT", "tcp://127.0.0.1:PORT", "tcp://[::1]:PORT", "tcp://localhost:PORT"},
		"tcp6://[::1]:0":           {"tcp://[::1]:PORT", "tcp6://:PORT"},
		"udp://127.0.0.1:0":        {"udp://127.0.0.1:PORT"},
		"udp6://[::1]:0":           {"udp://[::1]:PORT"},
		"unix://" + dir + "/a%20b": {"unix://" + dir + "/a%20b"},
		"unixgram://" + dir + "/g": {"unixgram://" + dir + "/g", "unix://" + dir + "/g"},
		"unix:@" + dir:             {"unix:@" + dir},
	} {
		t.Run(holds, func(t *testing.T) {
			pid, bound := startHolder(t, holds)
			_, port, _ := net.SplitHostPort(bound)
			for _, want := range wants {
				wantHolder(t, strings.Replace(want, "PORT", port, 1), pid)
			}
		})
	}
}

func wantHolder(t *testing.T, addr string, pid int) {
	t.Helper()
	s, err := Open(t.Context(), mustParse(t, addr))
	var e *InUseError
	if !errors.As(err, &e) {
		t.Errorf("Open(%s) = %v, %v", addr, s, err)
		return
	}
	comm := filepath.Base(os.Args[0])
	want := fmt.Sprintf("cannot listen on %s: address in use by %s (pid %d)", addr, comm[:min(15, len(comm))], pid)
	if e.Holder == nil || e.Holder.PID != pid || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func startHolder(t *testing.T, addr string) (pid int, bound string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), holderEnv+"="+addr)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		defer cancel()
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	return cmd.Process.Pid, strings.TrimSpace(line)
}

func TestHolderOfNothing(t *testing.T) {
	if h := holder(mustParse(t, "unix:/no/such"), nil); h != nil {
		t.Errorf("holder = %+v", h)
	}
	if h := holder(mustParse(t, "tcp://:1"), nil); h != nil {
		t.Errorf("holder = %+v", h)
	}
	e := &InUseError{Address: mustParse(t, "tcp://:80")}
	if got := e.Error(); got != "cannot listen on tcp://:80: address in use" {
		t.Error(got)
	}
}

func TestInetSocket(t *testing.T) {
	const rest = " 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1"
	for line, want := range map[string]string{
		"0: 0100007F:1F90" + rest:                         "127.0.0.1:8080",
		"0: 00000000:0050" + rest:                         "0.0.0.0:80",
		"0: 00000000000000000000000001000000:0016" + rest: "[::1]:22",
		"0: 0000000000000000FFFF00000100007F:0016" + rest: "[::ffff:127.0.0.1]:22",
	} {
		at, inode, ok := inetSocket(line)
		if !ok || inode != "4711" || at != netip.MustParseAddrPort(want) {
			t.Errorf("inetSocket(%q) = %v, %q, %v; want %s", line, at, inode, ok, want)
		}
	}
	for _, line := range []string{
		"", "sl local_address rem_address st tx_queue rx_queue tr tm->when retrnsmt uid timeout inode",
		"0: 0100007F:1F90 0100007F:9999 01 0:0 0:0 0 0 0 4711 1", "0: 0100:1F90" + rest, "0: zz:1" + rest, "0: 0100007F" + rest,
	} {
		if at, inode, ok := inetSocket(line); ok {
			t.Errorf("inetSocket(%q) = %v, %q", line, at, inode)
		}
	}
}
