package config

import (
	"slices"
	"strings"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

// Privileges are what a service is and may, apart from what it runs.
type Privileges struct {
	// Account is whom it belongs to, if that is set; nil: the supervisor's own user.
	Account *Account
	// Umask is nil if it is not set.
	Umask *int
	// NoNewPrivs is true by default if the account is another user's.
	NoNewPrivs bool
	// Capabilities are by name, without cap_. Nil if they are not set: none but by
	// the user.
	Capabilities []string
}

// Limits are what a service may use.
type Limits struct {
	// Resources are those of setrlimit(2) that are set, in the order of the keys.
	Resources []proc.Resource
	// Nice and OOM are nil if they are not set.
	Nice, OOM *int
	IO        *proc.IO
	// Memory is in bytes, for all processes of a generation's worker together; 0: no
	// limit.
	Memory int64
	// CPU is in percent of one processor; 0: no limit.
	CPU int
}

// resourceKeys are below limits, in the order of the keys.
var resourceKeys = []string{"nofile", "nproc", "core", "memlock", "stack", "as", "data", "fsize"}

func (r reader) limits() Limits {
	l := Limits{
		Nice:   pointer[int](r, "limits.nice"),
		OOM:    pointer[int](r, "limits.oom"),
		IO:     pointer[proc.IO](r, "limits.io"),
		Memory: get[int64](r, "limits.memory"),
		CPU:    get[int](r, "limits.cpu"),
	}
	for _, name := range resourceKeys {
		if set := pointer[proc.Resource](r, "limits."+name); set != nil {
			set.Name = name
			l.Resources = append(l.Resources, *set)
		}
	}
	return l
}

// pointer is nil if the key has no value, or a fault that was reported.
func pointer[T any](r reader, key string) *T {
	if !r.isSet(key) || r.isBroken(key) {
		return nil
	}
	v := get[T](r, key)
	return &v
}

func (r reader) privileges() Privileges {
	p := Privileges{
		Account:    r.account(),
		Umask:      pointer[int](r, "umask"),
		NoNewPrivs: get[bool](r, "no_new_privs"),
	}
	if names := pointer[[]string](r, "capabilities"); names != nil {
		p.Capabilities = []string{}
		for _, name := range *names {
			p.Capabilities = append(p.Capabilities, plainCapability(name))
		}
		slices.Sort(p.Capabilities)
		p.Capabilities = slices.Compact(p.Capabilities)
	}
	if !r.isSet("no_new_privs") {
		p.NoNewPrivs = p.Account.another()
	}
	return p
}

// plainCapability is a name as it is in lists: CAP_NET_RAW and net_raw are the same.
func plainCapability(name string) string { return strings.TrimPrefix(strings.ToLower(name), "cap_") }

func (p Privileges) equal(o Privileges) bool {
	return p.Account.equal(o.Account) &&
		same(p.Umask, o.Umask) &&
		p.NoNewPrivs == o.NoNewPrivs &&
		(p.Capabilities == nil) == (o.Capabilities == nil) &&
		slices.Equal(p.Capabilities, o.Capabilities)
}

func (l Limits) equal(o Limits) bool {
	return slices.Equal(l.Resources, o.Resources) &&
		same(l.Nice, o.Nice) &&
		same(l.OOM, o.OOM) &&
		same(l.IO, o.IO) &&
		l.Memory == o.Memory &&
		l.CPU == o.CPU
}

func same[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
