// Package browser is the proxy between a browser and a service under
// development. It gives each page a small script that reloads it when a new
// version serves, swaps changed style sheets without a reload, and shows why a
// build failed. The service needs no change.
//
//	browser ──▶ Proxy ──▶ service
//	   ▲          │
//	   └─ events ─┘   reload, styles, failures
//
// # What is changed on the way
//
// Only pages are: answers of type text/html to a navigation, as Sec-Fetch-Dest
// tells, or Accept where a browser does not send that. They get one script
// element, at the first place where a document may have one, and stay
// streams. They lose what describes the bytes of the original (Content-Length,
// ETag, Last-Modified, digests), and their Content-Security-Policy is widened as
// far as the script needs. A policy in a meta element is not seen; it may keep
// the script from its events, which the browser then says in its console. The
// service is asked for pages without compression; one that sends gzip all the
// same is unpacked, any other coding is passed on without the script.
//
// An answer that says nothing of caching gets Cache-Control: no-cache, because a
// browser would otherwise guess how long a script or style sheet stays fresh
// and show an old one after a reload (RFC 9111, section 4.2.2).
//
// All else passes as it is and unbuffered, in both directions: uploads,
// downloads, ranges, server-sent events, trailers, interim answers, upgraded
// connections such as websockets. The service sees the Host that the browser
// sent, and X-Forwarded-For, -Host and -Proto.
package browser
