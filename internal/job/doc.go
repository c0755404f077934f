// Package job holds a command and all that it starts in a job object of Windows, with
// which they end. Elsewhere there are process groups, and nothing is here.
package job
