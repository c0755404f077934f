package watch

// Silent returns the name of the file system that dir is on if changes there may
// come without an event, because a host, a server or a program behind it makes
// them: such directories are polled. It returns "" for all others, and where the
// system does not tell.
func Silent(dir string) string { return silentFileSystem(dir) }
