//go:build linux

package main

import (
	"encoding/binary"
	"io"
	"net"
	"os"
)

// serveWord makes this program the service.
const serveWord = "serve"

const (
	question = 64   // bytes
	answer   = 1024 // bytes
)

// serve answers each question with as many bytes as it asks for in its first eight.
func serve() error {
	l, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		return err
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer c.Close()
			asked, page := make([]byte, question), make([]byte, 256<<10)
			for {
				if _, err := io.ReadFull(c, asked); err != nil {
					return
				}
				for left := binary.BigEndian.Uint64(asked); left > 0; {
					n, err := c.Write(page[:min(left, uint64(len(page)))])
					if err != nil {
						return
					}
					left -= uint64(n)
				}
			}
		}()
	}
}
