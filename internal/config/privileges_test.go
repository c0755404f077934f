package config

import (
	"fmt"
	"os"
	"os/user"
	"slices"
	"strconv"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

// nobody is the user of that name, in the group daemon besides its own.
func nobody() *Account {
	a, err := findUser("nobody")
	if err != nil {
		panic(err)
	}
	if a.GID, err = findGroup("daemon"); err != nil {
		panic(err)
	}
	a.Groups = append(a.Groups, a.GID)
	slices.Sort(a.Groups)
	a.Groups = slices.Compact(a.Groups)
	return a
}

func TestAccount(t *testing.T) {
	u, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"nobody", u.Uid} {
		c := mustLoad(t, tomlFile(fmt.Sprintf("[services.web]\npackage = \".\"\nuser = %q\n", name)), Options{})
		p := c.Services[0].Privileges
		a := p.Account
		if a == nil || strconv.Itoa(a.UID) != u.Uid || strconv.Itoa(a.GID) != u.Gid || a.Home != u.HomeDir || a.Name != "nobody" {
			t.Fatalf("got %+v, want %+v", a, u)
		}
		if !slices.Contains(a.Groups, a.GID) {
			t.Errorf("the groups %d lack the user's own", a.Groups)
		}
		if want := os.Geteuid() != a.UID; p.NoNewPrivs != want {
			t.Errorf("no_new_privs is %v, want %v", p.NoNewPrivs, want)
		}
		if p.Capabilities != nil || p.Umask != nil {
			t.Errorf("what is not set is %+v", p)
		}
	}
	c := mustLoad(t, tomlFile("[services.web]\npackage = \".\"\ngroup = \"daemon\"\ncapabilities = []\n"), Options{})
	p := c.Services[0].Privileges
	if p.Account == nil || p.Account.UID != os.Geteuid() || p.Account.GID != nobody().GID || p.NoNewPrivs {
		t.Errorf("a group alone gives %+v", p)
	}
	if p.Capabilities == nil || len(p.Capabilities) != 0 {
		t.Errorf("no capabilities at all give %v", p.Capabilities)
	}
}

func TestBadPrivileges(t *testing.T) {
	limit := `want a number, a size such as "64M", "unlimited", or two of them as "soft:hard"`
	for _, tt := range []struct{ text, want string }{
		{`user = "no-such-user"`, `user: there is no user "no-such-user" (make one, or name one that is there)`},
		{`group = "no-such-group"`, `group: there is no group "no-such-group" (make one, or name one that is there)`},
		{`user = 1`, `user: found 1, want a string (write "1")`},
		{`umask = "0778"`, `umask: found "0778", want an octal number in quotes such as "0027"`},
		{`umask = 22`, `umask: found 22, want an octal number in quotes such as "0027"`},
		{`capabilities = ["chown", "fly"]`, `capabilities[1]: there is no capability "fly" (capabilities(7) lists them; write them without CAP_)`},
		{`limits.nofile = -1`, `limits.nofile: found -1, ` + limit},
		{`limits.nofile = "1:2:3"`, `limits.nofile: found "1:2:3", ` + limit},
		{`limits.nofile = "9999999T"`, `limits.nofile: found "9999999T", ` + limit},
		{`limits.nofile = "2:1"`, `limits.nofile: found "2:1": the soft limit is above the hard one`},
		{`limits.memory = "0"`, `limits.memory: found "0", want a size such as "512M"`},
		{`limits.cpu = "50"`, `limits.cpu: found "50", want a percentage such as "150%"`},
		{`limits.cpu = "0%"`, `limits.cpu: found "0%", want a percentage such as "150%"`},
		{`limits.nice = 20`, `limits.nice: found 20, want a whole number from -20 to 19`},
		{`limits.oom = -1001`, `limits.oom: found -1001, want a whole number from -1000 to 1000`},
		{`limits.io = "realtime"`, `limits.io: found "realtime", want "idle", "best-effort:0" to "best-effort:7", or "realtime:0" to "realtime:7"`},
	} {
		got := complain(t, tomlFile("[services.web]\npackage = \".\"\n"+tt.text+"\n"), Options{})
		if want := "supervisor.toml:3: services.web." + tt.want; got != want {
			t.Errorf("%s: got\n%s, want\n%s", tt.text, got, want)
		}
	}
}

// FuzzLimit: what is taken is a limit, and means the same when it is written in full.
func FuzzLimit(f *testing.F) {
	for _, s := range []string{"1024", "64K", "1:2", "unlimited", "1:unlimited", "8388607T", "", ":", "K", "-1"} {
		f.Add(s)
	}
	k := Key{Type: Limit}
	f.Fuzz(func(t *testing.T, s string) {
		r, fault := k.limit(s)
		if fault != nil {
			return
		}
		if r.Soft > r.Hard {
			t.Errorf("%q is %v", s, r)
		}
		if again, fault := k.limit(r.String()); fault != nil || again != (proc.Resource{Soft: r.Soft, Hard: r.Hard}) {
			t.Errorf("%q is %v, and that is %v", s, r, again)
		}
	})
}

// FuzzSmall: the other values either fail or are within their bounds.
func FuzzSmall(f *testing.F) {
	for _, s := range []string{"idle", "best-effort:3", "realtime:9", "150%", "0027", "-20", "512M"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if io, fault := (Key{Type: IO}).io(s); fault == nil && (io.Class < proc.Realtime || io.Class > proc.Idle || io.Level < 0 || io.Level > 7) {
			t.Errorf("%q is %+v", s, io)
		}
		if n, fault := (Key{Type: Percent}).percent(s); fault == nil && n <= 0 {
			t.Errorf("%q is %d percent", s, n)
		}
		if n, fault := (Key{Type: Umask}).umask(s); fault == nil && (n < 0 || n > 0o777) {
			t.Errorf("%q is umask %o", s, n)
		}
		if n, fault := (Key{Type: Size}).size(s); fault == nil && n <= 0 {
			t.Errorf("%q is %d bytes", s, n)
		}
	})
}
