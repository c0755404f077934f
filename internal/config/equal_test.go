package config

import (
	"reflect"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// TestEqual changes every field once, so that a new field must be decided on.
func TestEqual(t *testing.T) {
	changes := map[string]struct {
		change func(*Service)
		equal  bool
	}{
		"Name":                    {change: func(s *Service) { s.Name = "x" }},
		"Listen":                  {change: func(s *Service) { s.Listen = []listener.Address{{Name: "x"}} }},
		"Package":                 {change: func(s *Service) { s.Package = "x" }},
		"Command":                 {change: func(s *Service) { s.Command = []string{"x"} }},
		"Args":                    {change: func(s *Service) { s.Args = []string{"x"} }},
		"Dir":                     {change: func(s *Service) { s.Dir = "x" }},
		"Env":                     {change: func(s *Service) { s.Env = []string{"X=x"} }},
		"Privileges.Account":      {change: func(s *Service) { s.Privileges.Account = nil }},
		"Privileges.Umask":        {change: func(s *Service) { s.Privileges.Umask = new(0) }},
		"Privileges.NoNewPrivs":   {change: func(s *Service) { s.Privileges.NoNewPrivs = !s.Privileges.NoNewPrivs }},
		"Privileges.Capabilities": {change: func(s *Service) { s.Privileges.Capabilities = nil }},
		"Limits.Resources":        {change: func(s *Service) { s.Limits.Resources[2].Soft-- }},
		"Limits.Nice":             {change: func(s *Service) { s.Limits.Nice = nil }},
		"Limits.OOM":              {change: func(s *Service) { s.Limits.OOM = new(0) }},
		"Limits.IO":               {change: func(s *Service) { s.Limits.IO = &proc.IO{Class: proc.Idle} }},
		"Limits.Memory":           {change: func(s *Service) { s.Limits.Memory++ }},
		"Limits.CPU":              {change: func(s *Service) { s.Limits.CPU++ }},
		"Workers":                 {change: func(s *Service) { s.Workers = 9 }},
		"Logs":                    {change: func(s *Service) { s.Logs = "x" }},
		"Stdin":                   {change: func(s *Service) { s.Stdin = !s.Stdin }},
		"Once":                    {change: func(s *Service) { s.Once = !s.Once }},
		"Shell":                   {change: func(s *Service) { s.Shell = []string{"x"} }},
		"Assets.Entry":            {change: func(s *Service) { s.Assets.Entry = nil }, equal: true},
		"Assets.OutputDir":        {change: func(s *Service) { s.Assets.OutputDir = "x" }, equal: true},
		"Assets.Minify":           {change: func(s *Service) { s.Assets.Minify = !s.Assets.Minify }, equal: true},
		"Assets.Sourcemap":        {change: func(s *Service) { s.Assets.Sourcemap = !s.Assets.Sourcemap }, equal: true},
		"Rules":                   {change: func(s *Service) { s.Rules = nil }, equal: true},
		"Build.Debug":             {change: func(s *Service) { s.Build.Debug = !s.Build.Debug }},
		"Build.Command":           {change: func(s *Service) { s.Build.Command = "x" }},
		"Build.Output":            {change: func(s *Service) { s.Build.Output = "x" }},
		"Build.Flags":             {change: func(s *Service) { s.Build.Flags = []string{"x"} }},
		"Build.Before":            {change: func(s *Service) { s.Build.Before = []string{"x"} }},
		"Build.After":             {change: func(s *Service) { s.Build.After = []string{"x"} }},
		"Build.Timeout":           {change: func(s *Service) { s.Build.Timeout++ }, equal: true},
		"Build.Keep":              {change: func(s *Service) { s.Build.Keep++ }, equal: true},
		"Verify.SHA256":           {change: func(s *Service) { s.Verify.SHA256 = []string{"x"} }, equal: true},
		"Verify.Minisign":         {change: func(s *Service) { s.Verify.Minisign = "x" }, equal: true},
		"Ready.Preflight":         {change: func(s *Service) { s.Ready.Preflight = []string{"x"} }, equal: true},
		"Ready.Check":             {change: func(s *Service) { s.Ready.Check = "x" }, equal: true},
		"Watch.Paths":             {change: func(s *Service) { s.Watch.Paths = []string{"x"} }, equal: true},
		"Watch.Include":           {change: func(s *Service) { s.Watch.Include = []string{"x"} }, equal: true},
		"Watch.Exclude":           {change: func(s *Service) { s.Watch.Exclude = []string{"x"} }, equal: true},
		"Watch.Poll":              {change: func(s *Service) { s.Watch.Poll.Never = true }, equal: true},
		"Handoff.By":              {change: func(s *Service) { s.Handoff.By = "x" }},
		"Handoff.Canary.Share":    {change: func(s *Service) { s.Handoff.Canary.Share++ }, equal: true},
		"Handoff.Canary.For":      {change: func(s *Service) { s.Handoff.Canary.For++ }, equal: true},
		"Handoff.Canary.Check":    {change: func(s *Service) { s.Handoff.Canary.Check = []string{"x"} }, equal: true},
		"Handoff.Rolling":         {change: func(s *Service) { s.Handoff.Rolling = !s.Handoff.Rolling }, equal: true},
		"Handoff.Hold":            {change: func(s *Service) { s.Handoff.Hold++ }, equal: true},
		"Handoff.Proxy":           {change: func(s *Service) { s.Handoff.Proxy = !s.Handoff.Proxy }},
		"Ready.By":                {change: func(s *Service) { s.Ready.By = "x" }, equal: true},
		"Ready.Timeout":           {change: func(s *Service) { s.Ready.Timeout++ }, equal: true},
		"Ready.After":             {change: func(s *Service) { s.Ready.After++ }, equal: true},
		"Ready.Confirm":           {change: func(s *Service) { s.Ready.Confirm++ }, equal: true},
		"Ready.HTTP":              {change: func(s *Service) { s.Ready.HTTP = "x" }, equal: true},
		"Ready.TCP":               {change: func(s *Service) { s.Ready.TCP = "x" }, equal: true},
		"Ready.Exec":              {change: func(s *Service) { s.Ready.Exec = []string{"x"} }, equal: true},
		"Drain.Signal":            {change: func(s *Service) { s.Drain.Signal = syscall.SIGKILL }, equal: true},
		"Drain.Max":               {change: func(s *Service) { s.Drain.Max++ }, equal: true},
		"Ready.Watchdog":          {change: func(s *Service) { s.Ready.Watchdog++ }},
		"Drain.Timeout":           {change: func(s *Service) { s.Drain.Timeout += time.Second }},
	}
	for _, field := range fields("", reflect.TypeFor[Service]()) {
		c, ok := changes[field]
		if !ok {
			t.Errorf("%s: not tested", field)
			continue
		}
		a, b := everything("/"), everything("/")
		if !a.Equal(b) {
			t.Fatal("a service does not equal itself")
		}
		if c.change(&b); a.Equal(b) != c.equal || b.Equal(a) != c.equal {
			t.Errorf("%s changed: got %v, want %v", field, !c.equal, c.equal)
		}
	}
}

// With something to verify a copy runs, in place of the command itself.
func TestEqualWithoutVerify(t *testing.T) {
	a, b := everything("/"), everything("/")
	if b.Verify = (Verify{}); a.Equal(b) || b.Equal(a) {
		t.Error("it is not the same whether something is verified")
	}
}

// fields lists the fields of a struct and of the structs in it, but Poll's,
// which are one value.
func fields(prefix string, typ reflect.Type) []string {
	var all []string
	for f := range typ.Fields() {
		if f.Type.Kind() == reflect.Struct && f.Type != reflect.TypeFor[Poll]() {
			all = append(all, fields(prefix+f.Name+".", f.Type)...)
		} else {
			all = append(all, prefix+f.Name)
		}
	}
	return all
}
