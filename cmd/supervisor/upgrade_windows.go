package main

import "os"

var terminate = os.Kill

func addressed(os.Signal) bool { return false }
func closeFDs(...int)          {}
func lives(int) bool           { return false }
