package doctor

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-27ba25bb/supervisor/internal/config"
)

const whyForeground = "the supervisor takes the end of the first process for the end of the service, and ends the rest"

// checkDaemons looks for services that go to the background.
func checkDaemons(f Facts) (all []Finding) {
	if f.Config != nil {
		for _, s := range f.Config.Services {
			all = append(all, checkDaemon(s)...)
		}
	}
	if f.Status == nil {
		return all
	}
	for _, s := range f.Status.Services {
		// Success is no way for a server to end: the parent of a daemon ends so.
		if strings.HasPrefix(s.Reason, "exited") && strings.Contains(s.Reason, "exit status 0") {
			all = append(all, problem("daemon", "%s ended with success before it was ready, as what goes to the background does", s.Name).
				because(whyForeground).mended("run its command with the option for the foreground"))
		}
	}
	return all
}

// checkDaemon judges the command by itself.
func checkDaemon(s config.Service) []Finding {
	words := append(slices.Clone(s.Command), s.Args...)
	if len(words) == 0 {
		return nil
	}
	if option := toForeground(words); option != "" {
		return []Finding{warn("daemon", "%s goes to the background, unless the config of %s says otherwise", s.Name, words[0]).
			because(whyForeground).mended("%s %s", strings.Join(words, " "), option)}
	}
	for _, w := range words[1:] {
		if detaches(words[0], w) {
			return []Finding{problem("daemon", "%s is told to go to the background by %s", s.Name, w).
				because(whyForeground).mended("%s", without(words, w))}
		}
	}
	return nil
}

// toForeground is the option that some servers need to stay, "" for all others, and
// if it is there.
func toForeground(words []string) string {
	line := strings.Join(words, " ")
	switch filepath.Base(words[0]) {
	case "nginx":
		return unless(strings.Contains(line, "daemon off"), "-g 'daemon off;'")
	case "httpd", "apache2":
		return unless(strings.Contains(line, "FOREGROUND"), "-DFOREGROUND")
	case "php-fpm":
		return unless(slices.Contains(words, "--nodaemonize") || slices.Contains(words, "-F"), "--nodaemonize")
	}
	return ""
}

func unless(there bool, option string) string {
	if there {
		return ""
	}
	return option
}

// detaches knows the options that mean only one thing to servers.
func detaches(program, option string) bool {
	switch option {
	case "--daemon", "--daemonize", "--daemonized", "--background", "--detach", "--daemonize=yes", "--daemon=true":
		return true
	case "-D":
		name := filepath.Base(program)
		return name == "haproxy" || name == "gunicorn"
	}
	return false
}

func without(words []string, word string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == word }), " ")
}
