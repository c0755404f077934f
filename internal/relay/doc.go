// Package relay serves a service that takes no sockets, only the number of a port:
// the supervisor accepts, and passes the bytes of each connection on to a process of
// the generation that serves.
//
//	clients ─▶ held socket ─▶ accept ─▶ pick ─▶ 127.0.0.1:PORT of a process
//	                                     │
//	                                     └─ nobody is ready: the connection is held
//
// A connection stays with the process that it was given to until either end closes
// it. One that cannot be given to any process yet, because none is ready or none
// answers, waits for a time; that one died before it took a connection costs nobody
// anything.
//
// What goes through is not looked at. When a process is to leave, which connections
// have a request under way is judged by who spoke last, and how long ago; see busy.
package relay
