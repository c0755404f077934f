// Package logger writes what services print where it is to go, in a process of its own:
// this program executed once more. That process reads the pipes that services write
// into, and ends when nobody can write into them any more. So a service does not notice
// if the supervisor is killed, and no line is lost or torn by that:
//
//	service ──pipe──▶ logger ──▶ file, or the supervisor's standard error
//	                     │
//	                     └──────▶ supervisor: the same lines, for whoever asks for them
//
// The supervisor holds the pipes as well. If the logger is killed it starts another one,
// which reads on; what the first had read and not yet written is lost then.
//
// A file is opened again when its path is another file, or none, which the logger sees
// before it writes: also the one of a supervisor that was killed, which nobody can tell
// anything any more.
package logger
