package relay

import (
	"net"
	"slices"
	"strconv"
	"testing"
)

// Ports are free, different, and not those of a process that has not bound its own yet.
func TestChoose(t *testing.T) {
	r := New(func(string) {})
	defer r.Close()
	seen := map[int]bool{}
	for n := range 50 {
		ports, err := r.Add(Owner{1, n}, []Port{{Name: "http", Variable: "PORT"}, {Name: "admin", Variable: "PORT_ADMIN"}}, false)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"PORT=" + strconv.Itoa(ports.Number("http")), "PORT_ADMIN=" + strconv.Itoa(ports.Number("admin"))}
		if !slices.Equal(ports.Env(), want) || ports.Number("") != ports.Number("http") || ports.Number("other") != 0 {
			t.Errorf("got %q, %+v", ports.Env(), ports)
		}
		for _, p := range ports.All {
			if seen[p.Number] {
				t.Errorf("port %d is given twice", p.Number)
			}
			seen[p.Number] = true
			l, err := net.Listen("tcp", net.JoinHostPort("", strconv.Itoa(p.Number)))
			if err != nil {
				t.Error(err)
				continue
			}
			l.Close()
		}
	}
}
