// Package control lets other programs of the same user ask a running supervisor
// for things: HTTP with JSON over a unix socket, server and client.
//
// Version 1 of the API:
//
//	GET  /v1/status                          200 Status
//	GET  /v1/status?after=TAG                200 Status, when it has another tag
//	POST /v1/scale   {"service": "web", "workers": 2}   200 Scaled
//	POST /v1/reload  {"services": ["web"]}   200 {"results": [Result, …]}
//	POST /v1/rollback  {"service": "web"}    200 Result
//	POST /v1/stop                            202 {}
//	POST /v1/upgrade                         200 {"pid": PID of the new supervisor}
//	GET  /v1/events?service=web              200 a stream: what happens from now on
//	GET  /v1/logs?service=web&follow=true    200 a stream: the last lines, and those to come
//
// A reload without services, or without a body, is of all services. Its answer
// comes when the last verdict is there, which can take as long as a build and a
// start take; a client that leaves earlier changes nothing. So it is with a scale,
// which is answered when so many workers are ready, or when one of them was not and
// there are as many as before. A status after the tag of one that the client has is
// held back until there is another one, but no longer than half a minute: so a client
// can follow without asking again and again. A stop is answered when
// the drain has begun.
//
// A stream is one Event a line (application/x-ndjson), until the client leaves or a
// last event says why it ends. A reload whose request accepts that type is answered by
// one, too, with the results in the last event. Nothing waits for a client that does
// not read: it is told how many events it has missed. docs/api.md tells the rest.
//
// Whatever cannot be done is answered with a status of 400 or more and
//
//	{"error": "why", "hint": "what helps", "kind": "…"}
//
//	400 bad-request       not JSON, an unknown field, an empty name
//	403 forbidden         the caller is neither the supervisor's user nor root
//	404 not-found         no such path
//	404 unknown-service   also "service" and "known"
//	405 bad-method
//	413 too-large         a body of more than 64 KiB
//	409 no-rollback       there is no earlier artifact, or no build
//	409 succeeded         a new supervisor has taken over, also "pid": ask again, at the same place
//	422 bad-config        nothing changed
//	422 fixed             the service cannot be scaled while it runs
//	500 failed
//	500 upgrade-failed    the new supervisor did not take over; nothing changed
//	503 busy              too many clients follow already
//	503 ending            the supervisor ends and answers no more
//
// Times are RFC 3339, durations are numbers of milliseconds in fields that end in
// _ms. Fields and kinds may be added within a version, never changed or removed.
//
// It can be tried by hand:
//
//	curl --unix-socket "$SOCKET" http://supervisor/v1/status
package control
