package telemetry

import "slices"

// Only shows, of what services print, the lines of one service, "" for all. What
// the supervisor itself reports is always shown.
func (l *Logger) Only(service string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.only = service
}

// NextOutput shows the output of the next of these services alone, or after the
// last one that of all, and says so.
func (l *Logger) NextOutput(services []string) {
	next := l.next(services)
	l.Only(next)
	said := "showing the output of all services"
	if next != "" {
		said = "showing the output of " + next + " only"
	}
	l.Report(Report{Kind: Info, Text: said})
}

func (l *Logger) next(services []string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := append([]string{""}, services...)
	return all[(slices.Index(all, l.only)+1)%len(all)]
}

func (l *Logger) shows(service string) bool { return l.only == "" || l.only == service }
