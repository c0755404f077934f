// Package control lets other programs of the same user ask a running supervisor
// for things: HTTP with JSON over a unix socket, server and client.
//
// Version 1 of the API:
//
//	GET  /v1/status                          200 Status
//	POST /v1/reload  {"services": ["web"]}   200 {"results": [Result, …]}
//	POST /v1/rollback  {"service": "web"}    200 Result
//	POST /v1/stop                            202 {}
//	POST /v1/upgrade                         200 {"pid": PID of the new supervisor}
//
// A reload without services, or without a body, is of all services. Its answer
// comes when the last verdict is there, which can take as long as a build and a
// start take; a client that leaves earlier changes nothing. A stop is answered when
// the drain has begun.
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
//	500 failed
//	500 upgrade-failed    the new supervisor did not take over; nothing changed
//	503 ending            the supervisor ends and answers no more
//
// Times are RFC 3339, durations are numbers of milliseconds in fields that end in
// _ms. Fields and kinds may be added within a version, never changed or removed.
//
// It can be tried by hand:
//
//	curl --unix-socket "$SOCKET" http://supervisor/v1/status
package control
