package control

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/windows"
)

func at(t *testing.T, dir string) {
	t.Helper()
	t.Setenv("LOCALAPPDATA", dir)
	t.Setenv("ProgramData", dir)
	t.Setenv("SUPERVISOR_CONTROL", "")
}

func run(t *testing.T, o PathOptions, pid int) string {
	t.Helper()
	path, err := Path(o)
	if err != nil {
		t.Fatal(err)
	}
	serve(t, listen(t, path), itIs(pid, o.Config))
	return path
}

func TestStatusOverThePipe(t *testing.T) {
	to, path := start(t, itIs(7, `C:\web.toml`))
	for range 3 {
		if st, err := to.Status(t.Context()); err != nil || st.PID != 7 {
			t.Errorf("got %+v, %v", st, err)
		}
	}
	if name, err := os.ReadFile(path); err != nil || strings.TrimSpace(string(name)) != pipeOf(path) {
		t.Errorf("the file says %q, %v", name, err)
	}
}

func TestSecondSupervisor(t *testing.T) {
	_, path := start(t, itIs(7))
	var in *InUseError
	if _, err := Listen(strings.ToUpper(path)); !errors.As(err, &in) || in.PID != 7 {
		t.Errorf("got %v", err)
	}
}

func TestEnded(t *testing.T) {
	path := filepath.Join(shortDir(t), "c.sock")
	end := serve(t, listen(t, path), itIs(7))
	end()
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its file is left: %v", err)
	}
	if _, err := NewClient(path).Status(t.Context()); !errors.Is(err, ErrNoSupervisor) {
		t.Errorf("got %v", err)
	}
}

// A supervisor that was killed leaves its file, which keeps nobody from anything.
func TestStale(t *testing.T) {
	dir := shortDir(t)
	at(t, dir)
	own, err := Path(PathOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(own, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(t.Context(), PathOptions{}); !errors.Is(err, ErrNoSupervisor) {
		t.Errorf("got %v", err)
	}
	want := run(t, PathOptions{Config: `C:\web.toml`}, 1)
	if got, err := Find(t.Context(), PathOptions{}); err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	run(t, PathOptions{Config: `C:\api.toml`}, 2)
	var several *AmbiguousError
	if _, err := Find(t.Context(), PathOptions{}); !errors.As(err, &several) || len(several.Found) != 2 {
		t.Errorf("got %v", err)
	}
	if got := run(t, PathOptions{}, 3); got != own {
		t.Errorf("the place of a dead one is not taken: %s, want %s", got, own)
	}
}

// The pipe is its user's, and nobody may use it but that one and administrators.
func TestAccessOfThePipe(t *testing.T) {
	_, path := start(t, itIs(7))
	c, err := connect(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	info, err := windows.GetSecurityInfo(windows.Handle(c.(interface{ Fd() uintptr }).Fd()), windows.SE_KERNEL_OBJECT,
		windows.OWNER_SECURITY_INFORMATION|windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		t.Fatal(err)
	}
	own, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	owner, _, err := info.Owner()
	if err != nil || !owner.Equals(own.User.Sid) {
		t.Errorf("it belongs to %v, %v", owner, err)
	}
	list, _, err := info.DACL()
	if err != nil {
		t.Fatal(err)
	}
	for i := range uint32(list.AceCount) {
		var ace *windows.ACCESS_ALLOWED_ACE
		if err := windows.GetAce(list, i, &ace); err != nil {
			t.Fatal(err)
		}
		who := (*windows.SID)(unsafe.Pointer(&ace.SidStart))
		if ace.Header.AceType != windows.ACCESS_ALLOWED_ACE_TYPE || !who.Equals(own.User.Sid) && !who.IsWellKnown(windows.WinBuiltinAdministratorsSid) {
			t.Errorf("%v has %#x of it", who, ace.Mask)
		}
	}
	if list.AceCount != 2 {
		t.Errorf("%d have access, want 2", list.AceCount)
	}
}

// Nobody comes over the network, not even from this machine to itself, where a client can
// say that it is any process.
func TestRemoteClients(t *testing.T) {
	open := func(name string) error {
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if err == nil {
			f.Close()
		}
		return err
	}
	const prefix = `\\127.0.0.1\pipe\`
	name := fmt.Sprint("supervisor-test-", os.Getpid())
	path, err := windows.UTF16PtrFromString(`\\.\pipe\` + name)
	if err != nil {
		t.Fatal(err)
	}
	h, err := windows.CreateNamedPipe(path, windows.PIPE_ACCESS_DUPLEX, windows.PIPE_TYPE_BYTE, 1, 512, 512, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer windows.CloseHandle(h)
	if err := open(prefix + name); err != nil {
		t.Skipf("pipes cannot be reached over the network here: %v", err)
	}
	_, control := start(t, itIs(7))
	if err := open(prefix + strings.TrimPrefix(pipeOf(control), `\\.\pipe\`)); err == nil {
		t.Error("a client came over the network")
	}
}

func TestAccess(t *testing.T) {
	got, err := access()
	if err != nil || !strings.HasPrefix(got, "O:S-1-5-") || !strings.Contains(got, "D:P(A;;GA;;;S-1-5-") || !strings.HasSuffix(got, ")(A;;GA;;;BA)") || strings.Count(got, "(") != 2 {
		t.Errorf("got %s, %v", got, err)
	}
}

// What somebody has put where the file will be is not written to.
func TestLinkAtThePlace(t *testing.T) {
	dir := shortDir(t)
	path, other := filepath.Join(dir, "c.sock"), filepath.Join(dir, "other")
	if err := os.WriteFile(other, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(other, path); err != nil {
		t.Fatal(err)
	}
	listen(t, path)
	if text, err := os.ReadFile(other); err != nil || string(text) != "mine" {
		t.Errorf("the other file says %q, %v", text, err)
	}
	if text, err := os.ReadFile(path); err != nil || strings.TrimSpace(string(text)) != pipeOf(path) {
		t.Errorf("its own says %q, %v", text, err)
	}
}

// A directory of another user is none to keep the file in.
func TestDirectoryOfAnother(t *testing.T) {
	dir := filepath.Join(shortDir(t), "run")
	if err := makePrivate(dir); err != nil {
		t.Fatal(err)
	}
	guests, err := windows.CreateWellKnownSid(windows.WinBuiltinGuestsSid)
	if err != nil {
		t.Fatal(err)
	}
	other, err := windows.SecurityDescriptorFromString("O:BG")
	if err != nil {
		t.Fatal(err)
	}
	own, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	if err := belongs(other, own.User.Sid); !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), guests.String()) {
		t.Errorf("got %v", err)
	}
}
