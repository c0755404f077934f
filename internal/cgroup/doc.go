// Package cgroup makes control groups of the kernel, in which processes share limits
// of memory and of processor time.
package cgroup
