// Package rebuild turns source into an executable: a Go package by the go
// command, or anything else by a shell command.
//
// What a build makes is an [Artifact], named by the SHA-256 of its content and
// kept in a store directory. An artifact never changes once it has its name, so
// a running program is never written over, two builds of the same source give
// the same artifact, and an earlier one can be started again.
//
// A fast build (Options.Fast, for development) does without the go command where
// it can. After a build, Prepare asks the go command once what it would do to make
// everything anew, and keeps the answer as a plan: the compiles of the packages
// whose files people edit, and the link. As long as nothing but contents of files
// changes, a build looks at the files, compiles what the change reaches, and links.
// Before a plan is used it must have made the same executable as go build did, bit
// by bit; and whenever it does not fit (another set of files, imports, directives,
// go.mod, settings, toolchain) or a step fails, go build does the build. Contents
// that were built before are not built again: their artifact is still there.
//
// Each command of a build runs in a process group of its own. When the context
// of the build ends, or its time is over, the group gets SIGTERM, two seconds
// later SIGKILL, and Build returns when it is gone. A process that left the
// group (setsid, as daemons do) is out of reach. On Windows there are no
// process groups: only the command itself is ended, at once.
package rebuild
