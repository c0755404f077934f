package rebuild

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

const (
	keepPlans = 4  // so that going back and forth between two branches is quick
	keepKeys  = 64 // more than the store has artifacts
)

// memory is what a fast builder knows from earlier builds: plans, and which
// artifact was made of what. It is kept in files beside the artifacts, so that
// it outlives the program. Build and Inputs read it while Prepare adds to it,
// hence the lock.
type memory struct {
	dir   string
	mu    sync.Mutex
	plans []*plan // newest first
	made  []made  // newest first
}

// made says which artifact was made of the inputs that Key names.
type made struct{ Key, Hash string }

// openMemory reads what is there. What cannot be read was not said.
func openMemory(dir string) *memory {
	m := &memory{dir: dir}
	readJSON(filepath.Join(dir, "plans.json"), &m.plans)
	readJSON(filepath.Join(dir, "made.json"), &m.made)
	m.plans = slices.DeleteFunc(m.plans, func(p *plan) bool { return p == nil || !p.intact() })
	return m
}

func readJSON(name string, to any) {
	if content, err := os.ReadFile(name); err == nil {
		json.Unmarshal(content, to)
	}
}

func (m *memory) newestPlans() []*plan {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.plans)
}

// addPlan puts p in front.
func (m *memory) addPlan(p *plan) { m.replacePlan(p, p) }

// replacePlan puts q in the place of p, and in front.
func (m *memory) replacePlan(p, q *plan) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.plans = append([]*plan{q}, without(without(m.plans, p), q)...)
	m.plans = m.plans[:min(len(m.plans), keepPlans)]
	m.write("plans.json", m.plans)
}

// drop forgets a plan that does not work.
func (m *memory) drop(p *plan) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.plans = without(m.plans, p)
	m.write("plans.json", m.plans)
}

func without(plans []*plan, p *plan) []*plan {
	return slices.DeleteFunc(slices.Clone(plans), func(q *plan) bool { return q.ID == p.ID })
}

func (m *memory) find(key string) (hash string, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.made, func(e made) bool { return e.Key == key })
	if i < 0 {
		return "", false
	}
	return m.made[i].Hash, true
}

func (m *memory) add(key, hash string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.made = slices.DeleteFunc(m.made, func(e made) bool { return e.Key == key })
	m.made = append([]made{{key, hash}}, m.made...)
	m.made = m.made[:min(len(m.made), keepKeys)]
	m.write("made.json", m.made)
}

// write replaces a file as a whole. If it cannot, the next program will not know:
// that only takes it longer.
func (m *memory) write(name string, content any) {
	text, err := json.Marshal(content)
	if err != nil || os.MkdirAll(m.dir, 0o755) != nil {
		return
	}
	f, err := os.CreateTemp(m.dir, name+".")
	if err != nil {
		return
	}
	_, err = f.Write(text)
	if f.Close() != nil || err != nil || os.Rename(f.Name(), filepath.Join(m.dir, name)) != nil {
		os.Remove(f.Name())
	}
}
