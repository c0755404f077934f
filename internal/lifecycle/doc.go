// Package lifecycle decides. It holds what is known of one service and says,
// for each thing that happens, what to do next:
//
//	Next(State, Event) (State, []Effect)
//
// Nothing here starts a process, reads a clock or blocks; package supervise
// performs the effects and turns the world into events. Whatever the promise of
// the program is, it is kept or broken in this package: until a generation is
// ready, nothing that serves is touched.
package lifecycle
