package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

func newWorker() *cobra.Command {
	c := &cobra.Command{
		Use:   "worker",
		Short: "Run a worker alone, beside a service on another machine",
		Long: `Worker works on the films of a service: it needs the same records, films and queue,
by their addresses. Its own data folder only has who it is, and what it is at. When
it is stopped, its work goes back to the queue.`,
		Example: "  attune worker --redis redis://queue --database postgres://db/attune --vault s3://films",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			g, err := readSettings(c)
			if err != nil {
				return err
			}
			for _, name := range []string{setRedis, setDatabase, setVault} {
				if g.text(name) == "" {
					return usageError{fmt.Errorf("a worker alone needs --%s; 'attune serve' runs everything on one machine", name)}
				}
			}
			p, err := openParts(c)
			if err != nil {
				return stopped(c, err)
			}
			defer func() { err = errors.Join(err, p.close()) }()
			return stopped(c, p.work(c))
		},
	}
	bindSettings(c, setData, setDatabase, setVault, setRedis, setConcurrency, setModels, setUnconfined, setHealth, setLogLevel)
	return c
}

// work runs the worker alone until the context of c ends.
func (p *parts) work(c *cobra.Command) error {
	parts, running := errgroup.WithContext(c.Context())
	if at := p.text(setHealth); at != "" {
		listener, err := (&net.ListenConfig{}).Listen(running, "tcp", at)
		if err != nil {
			return fmt.Errorf("listen: %w; name another address with --%s", err, setHealth)
		}
		server := newServer(health(p.worker.Ready), p.log)
		parts.Go(func() error { return serveUntil(running, server, listener) })
		fmt.Fprintf(c.OutOrStdout(), "Health at %s/readyz\n", addressOf(listener))
	}
	parts.Go(func() error { return p.worker.Run(running) })
	fmt.Fprintln(c.OutOrStdout(), "The worker runs. Stop it with Ctrl-C: its work is handed back.")
	return parts.Wait()
}

// health answers whether the process lives, and whether it is ready.
func health(ready func(context.Context) error) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := ready(r.Context()); err != nil {
			http.Error(w, "not ready", http.StatusServiceUnavailable) // why is in the log
			return
		}
		fmt.Fprintln(w, "ready")
	})
	return mux
}
