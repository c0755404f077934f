//go:build !windows

package main

import "github.com/spf13/cobra"

// hosted runs the program as it is.
func hosted(args []string, life func([]string) int) int { return life(args) }

// systemCommands are verbs that only this system has.
func systemCommands() []*cobra.Command { return nil }
