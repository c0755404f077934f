package control

import "time"

// Status is how everything stands.
type Status struct {
	PID      int       `json:"pid"`
	Version  string    `json:"version"`
	Mode     string    `json:"mode"` // dev or run
	Started  time.Time `json:"started"`
	Config   []string  `json:"config"` // the files it was read from, in order
	Services []Service `json:"services"`
	Tag      string    `json:"tag,omitempty"` // the same for what is the same
}

// Service is how one service stands.
type Service struct {
	Name        string       `json:"name"`
	Sockets     []Socket     `json:"sockets"`
	Workers     int          `json:"workers"`           // how many are asked for; 0: nothing serves or is on its way
	Configured  int          `json:"configured"`        // how many the config asks for
	Waiting     int          `json:"waiting,omitempty"` // connections that wait for a process, if they are relayed
	Behind      bool         `json:"behind"`            // what serves is older than the source
	Reason      string       `json:"reason,omitempty"`  // the last verdict, if it was no success
	By          string       `json:"by,omitempty"`      // how the next generation comes in place of the one that serves, as handoff.by has it
	Logs        string       `json:"logs,omitempty"`    // where the output goes
	Generations []Generation `json:"generations"`       // on the way in, serving, draining, the oldest last
	Artifacts   []Artifact   `json:"artifacts"`         // that are kept, the newest first; none without a build
}

// Socket is one held socket.
type Socket struct {
	Name    string `json:"name"`
	Address string `json:"address"`          // as configured
	Bound   string `json:"bound,omitempty"`  // as the kernel has it, with the port that it chose
	Learnt  bool   `json:"learnt,omitempty"` // the service bound it for itself and left it for its next generation
}

// Generation is one artifact with its processes.
type Generation struct {
	Number    int        `json:"number"`
	Phase     string     `json:"phase"`
	Artifact  string     `json:"artifact,omitempty"`
	Since     time.Time  `json:"since,omitzero"`     // when the phase began
	Deadline  *time.Time `json:"deadline,omitempty"` // when a drain is cut off, or a canary is over
	Share     int        `json:"share,omitempty"`    // of new connections, in percent, during its canary
	BuiltIn   Millis     `json:"built_in_ms,omitempty"`
	ReadyIn   Millis     `json:"ready_in_ms,omitempty"`
	ReadyBy   string     `json:"ready_by,omitempty"` // what told that it is ready
	Status    string     `json:"status,omitempty"`   // the last STATUS= that it sent
	Processes []Process  `json:"processes"`

	// Connections are those that clients have to what drains of it. Absent: nothing
	// does, or it is not known.
	Connections *int `json:"connections,omitempty"`
}

// Artifact is an executable that is kept.
type Artifact struct {
	Hash       string     `json:"hash"`                 // SHA-256 of its content
	Built      time.Time  `json:"built"`                // when a build last made that content
	Served     *time.Time `json:"served,omitempty"`     // when it last came to serve, if it did and was not gone back from
	Generation int        `json:"generation,omitempty"` // that serves with it
	Rollback   bool       `json:"rollback,omitempty"`   // the one that a rollback starts
}

// Process is one process of a generation.
type Process struct {
	PID     int       `json:"pid,omitempty"` // 0 while it waits to be started again
	Slot    int       `json:"slot"`
	Phase   string    `json:"phase"`
	Started time.Time `json:"started,omitzero"`
	Crashes int       `json:"crashes,omitempty"` // in a row
	// Deadline is when a drain is cut off of one that leaves while others stay.
	Deadline *time.Time `json:"deadline,omitempty"`
	Usage    *Usage     `json:"usage,omitempty"` // on Windows
	Ports    []int      `json:"ports,omitempty"` // where it was told to listen, if connections are relayed to it
}

// Usage is what a process has used, with all that it started.
type Usage struct {
	Processes int    `json:"processes"`    // that run now
	Started   int    `json:"started"`      // that ever ran
	CPU       Millis `json:"cpu_ms"`       // of all that ever ran
	Memory    uint64 `json:"memory_bytes"` // that those that run have for themselves
	Peak      uint64 `json:"peak_bytes"`   // the most that there was of it
}
