// Package handoff gives listening sockets away and takes them over, so that one version of a service
// can follow another and no connection is lost.
//
// The service side is [Worker], and [ListenAndServe] in front of it:
//
//	log.Fatal(http.ListenAndServe(":8080", h))   // before
//
//	if err := handoff.ListenAndServe(":8080", h); err != nil {   // after; nil means that all was drained
//		log.Fatal(err)
//	}
//
// A service written this way runs the same with no supervisor at all (it binds its own sockets),
// under systemd socket activation, and under this supervisor.
//
// The parent side is [Offer], [Protocol] and [Receiver].
//
// # Draining
//
// On SIGTERM or SIGINT, or when [Worker.Drain] is called, a Worker
//
//  1. stops accepting: what the kernel still has in its queue goes to the next generation;
//  2. answers every HTTP/1 request with "Connection: close", and sends GOAWAY on every HTTP/2 connection;
//  3. closes an HTTP/1 connection once no request has come for [Options.Linger];
//  4. cancels [Worker.Context], and with it every request's context, shortly before the deadline;
//  5. at the deadline closes what is left.
//
// [http.Server.Shutdown] alone loses requests: it drops those that it reads after it was called,
// and closes idle connections at the moment that clients send on them (golang/go#33313).
package handoff
