//go:build unix

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// question is one request on a connection of its own.
type question struct{ conn net.Conn }

// ask connects and writes the request: from then on it waits in the kernel's queue.
func ask(addr string) (question, error) {
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return question{}, err
	}
	conn.SetDeadline(time.Now().Add(patience))
	_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: "+addr+"\r\nConnection: close\r\n\r\n")
	return question{conn}, err
}

// answer returns the PID of the process that answered, and when the answer was there.
func (q question) answer() (pid int, at time.Time, err error) {
	defer q.conn.Close()
	resp, err := http.ReadResponse(bufio.NewReader(q.conn), nil)
	if err != nil {
		return 0, at, err
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return 0, at, err
	}
	at = time.Now()
	if pid, err = strconv.Atoi(resp.Header.Get("X-Version")); err != nil || resp.StatusCode != http.StatusOK {
		return 0, at, fmt.Errorf("the service answered %s", resp.Status)
	}
	return pid, at, nil
}
