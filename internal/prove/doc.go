// Package prove shows whether handoffs of a service lose requests: it puts load on the
// service's sockets, has a supervisor hand it off again and again, and says how many
// requests failed, when, and what in the service would mend it.
//
//	survey ──▶ ways ──▶ load ──▶ shots ─────┐
//	                                        ├──▶ assemble ──▶ Report
//	Supervisor ──▶ events ──▶ []Handoff ────┘
//
// Only Run waits for anything. What it has seen is judged when all is over.
package prove
