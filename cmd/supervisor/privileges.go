package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

// privileges are those of a service in the terms of what starts it.
func privileges(c config.Service) proc.Settings {
	s := proc.Settings{
		Umask: c.Privileges.Umask, NoNewPrivileges: c.Privileges.NoNewPrivs,
		Resources: c.Limits.Resources, Nice: c.Limits.Nice, IO: c.Limits.IO, OOM: c.Limits.OOM,
	}
	if a := c.Privileges.Account; a != nil {
		s.User = &proc.User{Name: cmp.Or(a.Name, strconv.Itoa(a.UID)), UID: a.UID, GID: a.GID, Groups: a.Groups}
	}
	if c.Privileges.Capabilities != nil {
		set, _ := proc.CapabilitySet(c.Privileges.Capabilities) // the config knows them all
		s.Capabilities = &set
	}
	return s
}

// login is what a user finds in the environment, nil if none is set.
func login(a *config.Account) []string {
	if a == nil || a.Name == "" {
		return nil
	}
	env := []string{"HOME=" + a.Home, "USER=" + a.Name, "LOGNAME=" + a.Name}
	if a.Shell != "" {
		env = append(env, "SHELL="+a.Shell)
	}
	return env
}

// groupsOf begins the names of the control groups of a supervisor in that place.
func groupsOf(place string) string {
	sum := sha256.Sum256([]byte(place))
	return "supervisor-" + hex.EncodeToString(sum[:5])
}
