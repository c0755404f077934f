package main

import (
	"context"
	"net"
)

// startAdopted starts the service so that it knows of no supervisor, and binds for itself.
func (b *bench) startAdopted(ctx context.Context) (*supervised, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	l.Close()
	return b.supervise(ctx, "adopted", func(report string) ([]string, error) {
		return []string{"run", "--", "env", "-u", "NOTIFY_SOCKET", b.service, "-addr", addr, "-report", report}, nil
	})
}
