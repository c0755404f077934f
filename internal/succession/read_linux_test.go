package succession

import (
	"bufio"
	"math/rand/v2"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

func TestReadWhatWasWritten(t *testing.T) {
	path := place(t)
	if r, err := Read(path); r != nil || err != nil {
		t.Errorf("without a file: %v, %v", r, err)
	}
	want := sample()
	if _, err := write(path, encoded(want)); err != nil {
		t.Fatal(err)
	}
	got, err := Read(path)
	if err != nil || !reflect.DeepEqual(*got, want) {
		t.Errorf("read %+v, %v, want %+v", got, err, want)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
}

func TestBadRecords(t *testing.T) {
	good := string(encoded(sample()))
	for name, bad := range map[string]struct {
		text string
		mode os.FileMode
		want string
	}{
		"empty":         {"", 0o600, "it is damaged"},
		"half":          {good[:len(good)/2], 0o600, "it is damaged"},
		"garbage":       {"\x00\x01garbage", 0o600, "it is damaged"},
		"no record":     {`[1]`, 0o600, "it is damaged"},
		"another":       {strings.Replace(good, `"version":1`, `"version":2,"more":1`, 1), 0o600, "it is of version 2, and this supervisor reads version 1"},
		"unknown":       {strings.Replace(good, `"version":1`, `"version":1,"more":1`, 1), 0o600, "it is damaged"},
		"no family":     {strings.Replace(good, "a family of its own", "", 1), 0o600, "family"},
		"all processes": {strings.Replace(good, `"pid":4194304,"start":5`, `"pid":-1,"start":5`, 1), 0o600, "no PID"},
		"init":          {strings.Replace(good, `"pid":4194304,"start":5`, `"pid":1,"start":5`, 1), 0o600, "no PID"},
		"no socket":     {strings.Replace(good, `"inode":98`, `"inode":0`, 1), 0o600, "socket 0"},
		"no mark":       {strings.Replace(good, `"SUPERVISOR_PROCESS=x"`, `""`, 1), 0o600, "no mark"},
		"bad signal":    {strings.Replace(good, `"signal":15`, `"signal":-9`, 1), 0o600, "signal"},
		"twice":         {strings.Replace(good, `"services":[`, `"services":[{"name":"web","last":1,"last_process":1},`, 1), 0o600, "twice"},
		"bad number":    {strings.Replace(good, `"number":7`, `"number":0`, 1), 0o600, "generation 0"},
		"huge number":   {strings.Replace(good, `"last":7`, `"last":9223372036854775807`, 1), 0o600, "last numbers"},
		"group may":     {good, 0o660, "others may write to it"},
		"everybody may": {good, 0o602, "others may write to it"},
		"too large":     {good + strings.Repeat(" ", maxRecord), 0o600, "more than"},
	} {
		t.Run(name, func(t *testing.T) {
			path := put(t, []byte(bad.text), bad.mode)
			r, err := Read(path)
			if r != nil || err == nil || !strings.Contains(err.Error(), bad.want) || !strings.HasPrefix(err.Error(), "cannot take over what a former supervisor left: "+path) {
				t.Errorf("read %+v, %v, want %q", r, err, bad.want)
			}
		})
	}
}

// What is in its place is neither followed nor waited for.
func TestNoFile(t *testing.T) {
	good := put(t, encoded(sample()), 0o600)
	for name, make := range map[string]func(path string) error{
		"link":      func(path string) error { return os.Symlink(good, path) },
		"directory": func(path string) error { return os.Mkdir(path, 0o700) },
		"fifo":      func(path string) error { return syscall.Mkfifo(path, 0o600) },
	} {
		path := place(t)
		if err := make(path); err != nil {
			t.Fatal(err)
		}
		if r, err := Read(path); r != nil || err == nil {
			t.Errorf("%s: read %+v, %v", name, r, err)
		}
	}
}

func TestOfAnotherUser(t *testing.T) {
	path := put(t, encoded(sample()), 0o600)
	if err := os.Chown(path, 12345, -1); err != nil {
		t.Logf("not tried: %v", err)
		return
	}
	if r, err := Read(path); r != nil || err == nil || !strings.Contains(err.Error(), "it belongs to user 12345") {
		t.Errorf("read %+v, %v", r, err)
	}
}

// After a boot nothing is left; a supervisor that lives is nobody's to succeed.
func TestWhoseRecord(t *testing.T) {
	r := sample()
	r.Boot = "another"
	if got, err := Read(put(t, encoded(r), 0o600)); got != nil || err != nil {
		t.Errorf("of another boot: %+v, %v", got, err)
	}
	r = sample()
	r.Supervisor, _ = proc.Self()
	if got, err := Read(put(t, encoded(r), 0o600)); got != nil || err == nil {
		t.Errorf("of one that lives: %+v, %v", got, err)
	}
	r.Supervisor.Start--
	if got, err := Read(put(t, encoded(r), 0o600)); got == nil || err != nil {
		t.Errorf("of one that is gone: %+v, %v", got, err)
	}
}

// Killed at whatever moment, it leaves a record that is whole.
func TestKilledWhileItWrites(t *testing.T) {
	path := place(t)
	last := 0
	for range 20 {
		cmd := exec.Command("/proc/self/exe")
		cmd.Env = append(os.Environ(), "SUCCESSION_WRITE="+path)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
			t.Fatalf("it never began: %v", err)
		}
		kill := time.NewTimer(time.Duration(rand.IntN(5000)) * time.Microsecond)
		<-kill.C
		cmd.Process.Kill()
		cmd.Wait()
		r, err := Read(path)
		if err != nil || r == nil {
			t.Fatalf("read %+v, %v", r, err)
		}
		last = max(last, r.Services[0].Last-7)
	}
	t.Logf("at most %d records in one life", last)
	if _, err := write(path, encoded(sample())); err != nil {
		t.Errorf("after that: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(encoded(sample()))
	f.Add(encoded(sized(12)))
	f.Add([]byte(`{"version":2}`))
	f.Add([]byte(`{"version":1,"boot":"","supervisor":{"pid":1,"start":0},"family":"0123456789abcdef"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := parse(text)
		if err != nil {
			return
		}
		for _, s := range r.Services {
			for _, g := range s.Generations {
				for _, p := range g.Processes {
					if p.PID <= 1 || p.Mark == "" {
						t.Errorf("process %+v would be looked for", p)
					}
				}
			}
		}
		again, err := parse(encoded(*r))
		if err != nil || string(encoded(*r)) != string(encoded(*again)) {
			t.Errorf("%+v became %+v, %v", r, again, err)
		}
	})
}
