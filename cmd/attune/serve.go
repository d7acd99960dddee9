package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"attune/internal/web"
	"attune/jobs"
)

func newServe() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the service: web, API and worker, with everything it needs",
		Long: `Serve runs the whole service on this machine until Ctrl-C: it takes films in, works
on them one after the other, and gives the results out by its API (described at
/api/v1/openapi.yaml). Records, films and queue lie in the data folder; nothing else
has to be installed or set up. The first start makes an account and puts its token
into the file 'token' there; 'attune upload' finds it. For the browser it prints a
link that works once, with which you choose your name and password; 'attune account
reset' prints another. 'attune account add' makes more accounts.

When it is stopped, uploads can be resumed and running work goes back to the queue:
the next start goes on with it.`,
		Example: `  attune serve
  attune serve --data /srv/attune --addr 127.0.0.1:9000
  attune serve --database postgres://db/attune --redis redis://queue --vault s3://films`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			p, err := openParts(c)
			if err != nil {
				return stopped(c, err)
			}
			defer func() { err = errors.Join(err, p.close()) }()
			return stopped(c, p.serve(c))
		},
	}
	bindSettings(c, setData, setAddr, setDatabase, setVault, setRedis, setConcurrency, setModels, setUnconfined, setQueueWrites, setLogLevel,
		setPublicURL, setProxies, setSessionIdle, setSessionLifetime, setOIDCIssuer, setOIDCClient, setOIDCSecret, setOIDCName)
	return c
}

// stopped makes nothing of the failures of a service that was told to stop:
// that is how it ends.
func stopped(c *cobra.Command, err error) error {
	if c.Context().Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// serve runs the service until the context of c ends.
func (p *parts) serve(c *cobra.Command) error {
	ctx := c.Context()
	if err := p.openDoor(ctx); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", p.text(setAddr))
	if err != nil {
		return fmt.Errorf("listen: %w; name another address with --addr", err)
	}
	defer listener.Close() // once more where it was served
	address := addressOf(listener)
	monitor := jobs.NewMonitor(p.queueAt, web.MonitorPath, p.queueWrites())
	defer monitor.Close()
	config := web.Config{
		Monitor: monitor,
		Store:   p.records, Vault: p.vault, Queue: queue{p.client}, Prober: prober{p.media},
		Worker: p.worker.Ready, Staging: p.data.path(dataUploads), Logger: p.log,
		VaultElsewhere: !strings.HasPrefix(p.data.vault(p.given), "file:"),
	}
	if err := p.describe(&config, address); err != nil {
		return err
	}
	site, err := web.New(ctx, config)
	if err != nil {
		return err
	}
	first, err := p.firstLink(ctx, address)
	if err != nil {
		return err
	}
	if p.open(listener.Addr()) {
		p.log.Warn("passwords and films go over the network as they are; put a web server with TLS before it, and name it with --public-url")
	}
	server := newServer(site, p.log)
	server.RegisterOnShutdown(site.Shutdown)

	parts, running := errgroup.WithContext(ctx)
	parts.Go(func() error { return p.worker.Run(running) })
	parts.Go(func() error { site.TendUploads(running); return nil })
	parts.Go(func() error { return serveUntil(running, server, listener) })

	if err := p.data.write(dataAddress, address); err != nil {
		listener.Close()
		return errors.Join(err, parts.Wait())
	}
	defer os.Remove(p.data.path(dataAddress))
	fmt.Fprintf(c.OutOrStdout(), "Attune runs at %s\n%s\nData:  %s\nStop it with Ctrl-C: running work is handed back, uploads can be resumed.\n", address, first, p.data.dir)
	err = parts.Wait()
	if err == nil {
		fmt.Fprintln(c.OutOrStdout(), "Stopped. What was queued or in work goes on at the next start.")
	}
	return err
}

// addressOf is where a listener is reached from this machine.
func addressOf(listener net.Listener) string {
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return listener.Addr().String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// newServer is a server whose requests and answers may take as long as
// something moves: the handlers set the deadlines.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// goodbye is what requests get to end when the server is to stop. Uploads and
// downloads are cut then, and can be resumed.
const goodbye = 2 * time.Second

// serveUntil serves until ctx ends and what was being answered is done, or cut.
func serveUntil(ctx context.Context, server *http.Server, listener net.Listener) error {
	over := make(chan error, 1)
	go func() { over <- server.Serve(listener) }()
	select {
	case err := <-over:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		_ = server.Close() // of connections, which are cut anyway
	}
	if err := <-over; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
