// Package supervise acts. One goroutine, the loop, owns everything that is known
// of the services: it hands each thing that happens to lifecycle.Next and performs
// the effects, which run in goroutines of their own and come back as calls into
// the loop. Nothing the loop does blocks.
//
//	signals, requests, changes ─▶ ┌──────┐  Event   ┌────────────────┐
//	builds, exits, notices     ─▶ │ loop │ ───────▶ │ lifecycle.Next │
//	timers                     ─▶ │      │ ◀─────── └────────────────┘
//	                              └──┬───┘  Effects
//	                                 ▼
//	              World: open, build, start, probe, watch
package supervise
