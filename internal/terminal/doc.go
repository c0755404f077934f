// Package terminal is the terminal that somebody watches: lines that scroll, below
// them lines that change in place, and keys that are pressed without Enter.
//
// It needs carriage return, cursor up and two ways to erase (ECMA-48 CUU, EL, ED),
// so that nothing of it can be left behind on the screen by a killed program. Keys
// need another mode of the terminal, which is given back when the program ends, is
// suspended (Ctrl-Z) or goes to the background. Only kill -9 or a panic leave it:
// bash, zsh and fish then put their terminal right by themselves, after others
// "stty sane" helps, typed blindly.
package terminal
