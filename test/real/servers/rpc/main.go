// Command rpc serves gRPC's health service on one address. With a second argument it
// stops gracefully on SIGTERM; else that ends it at once.
package main

import (
	"context"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
)

func main() {
	l, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	if len(os.Args) > 2 {
		asked, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		go func() {
			<-asked.Done()
			server.GracefulStop()
		}()
	}
	if err := server.Serve(l); err != nil {
		log.Fatal(err)
	}
}
