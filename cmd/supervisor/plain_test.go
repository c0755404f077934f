//go:build unix

package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// plainMain is a service that knows of no supervisor: plain ADDRESS [FAULT].
func plainMain() {
	if len(os.Args) > 2 {
		plainFault(os.Args[2])
	}
	l, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, http.NotFoundHandler()))
}

func plainFault(fault string) {
	switch fault {
	case "ignores":
		signal.Ignore(syscall.SIGTERM)
	case "fails":
		fmt.Println("one line")
		log.Fatal("it cannot be")
	case "daemonises":
		again := exec.Command(os.Args[0], os.Args[1])
		again.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		if err := again.Start(); err != nil {
			log.Fatal(err)
		}
		os.Exit(0)
	case "sleeps":
		select {}
	}
}
