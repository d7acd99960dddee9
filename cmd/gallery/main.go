// Gallery serves every page in every state with canned data, for people to look
// at without a service or a film.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"attune/internal/web/gallery"
	"attune/internal/web/page"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gallery:", err)
		os.Exit(1)
	}
}

func run() error {
	addr := flag.String("addr", "127.0.0.1:0", "where it listens; port 0 is a free one")
	flag.Parse()
	pages, err := page.New()
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", *addr)
	if err != nil {
		return err
	}
	fmt.Printf("http://%s%s\n", listener.Addr(), gallery.Path)
	server := &http.Server{Handler: gallery.Handler(pages), ReadHeaderTimeout: 10 * time.Second}
	return server.Serve(listener)
}
