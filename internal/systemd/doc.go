// Package systemd is the supervisor's side of being a service of systemd: what
// sd_notify(3), sd_watchdog_enabled(3) and sd_listen_fds(3) ask of it. Without
// systemd everything here does nothing.
package systemd
