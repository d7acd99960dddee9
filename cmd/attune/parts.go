package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"attune/internal/redisserver"
	"attune/internal/sandbox"
	"attune/internal/store"
	"attune/internal/vault"
	"attune/internal/vig"
	"attune/jobs"
)

// parts are what a service and a worker are made of. Whoever opened them closes
// them.
type parts struct {
	given
	data    dataFolder
	log     *slog.Logger
	lock    *os.File
	records *store.Store
	vault   *vault.Vault
	redis   *redisserver.Server // nil where the settings name one
	queueAt jobs.Connection
	client  *jobs.Client
	media   media
	worker  *jobs.Worker
}

func logLevel(name string) (slog.Level, error) {
	var level slog.Level
	err := level.UnmarshalText([]byte(name))
	return level, err
}

// openParts opens all that the settings of a call name.
func openParts(c *cobra.Command) (_ *parts, err error) {
	g, err := readSettings(c)
	if err != nil {
		return nil, err
	}
	data, err := dataOf(g)
	if err != nil {
		return nil, err
	}
	level, err := logLevel(g.text(setLogLevel))
	if err != nil {
		return nil, err
	}
	p := &parts{given: g, data: data, log: slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: level}))}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close())
		}
	}()
	ctx := c.Context()
	if p.lock, err = data.hold(); err != nil {
		return p, err
	}
	if p.records, err = store.Open(ctx, data.database(g)); err != nil {
		return p, err
	}
	if p.vault, err = vault.Open(ctx, data.vault(g)); err != nil {
		return p, err
	}
	if err := p.match(ctx); err != nil {
		return p, err
	}
	if err := p.openQueue(ctx); err != nil {
		return p, err
	}
	return p, p.openWorker(ctx)
}

// match makes sure that the records and the vault belong together: what the
// records do not know is deleted from the vault in time.
func (p *parts) match(ctx context.Context) error {
	installation, err := p.records.Installation(ctx)
	if err != nil {
		return err
	}
	return p.vault.Claim(ctx, installation)
}

// openQueue connects to the Redis of the settings, or starts a private one.
func (p *parts) openQueue(ctx context.Context) error {
	address := p.text(setRedis)
	if address == "" {
		var err error
		if p.redis, err = redisserver.Start(ctx, redisserver.Config{Dir: p.data.path(dataRedis), Logger: p.log}); err != nil {
			return err
		}
		address = p.redis.URL()
	}
	var err error
	if p.queueAt, err = jobs.Connect(address); err != nil {
		return err
	}
	p.client = jobs.NewClient(p.queueAt, jobs.Config{Logger: p.log})
	return nil
}

// openWorker makes the worker. It refuses to work on films that cannot be
// confined, unless it was told to.
func (p *parts) openWorker(ctx context.Context) error {
	var err error
	cfg := sandbox.Config{Scratch: p.data.path(dataScratch), Unconfined: p.unconfined(), Logger: p.log}
	if p.media, err = newMediaRunner(cfg, p.text(setModels), false); err != nil {
		return err
	}
	found := p.media.Status(ctx)
	if err := sandbox.Require(found); err != nil {
		if !p.unconfined() {
			return vig.Errorf(vig.CodeInternal, "confine work on films", "%w; 'attune doctor' says more, and --unconfined works all the same", err)
		}
		p.log.Warn("films are not fully confined", "missing", err)
	}
	id, err := p.data.workerID()
	if err != nil {
		return err
	}
	p.worker, err = jobs.NewWorker(jobs.WorkerConfig{
		Store: p.records, Vault: p.vault, Media: work{p.media}, Client: p.client,
		ID: id, Concurrency: p.concurrency(), Tidy: p.media.Sweep, Logger: p.log,
		Version: version, Reduced: p.media.reduced, Confined: confinedBy(found),
	})
	return err
}

// confinedBy says to the queue what the sandbox found, without its reasons,
// which may name folders of this machine: 'attune doctor' tells them there.
func confinedBy(found []sandbox.Confinement) []jobs.Confinement {
	all := make([]jobs.Confinement, len(found))
	for i, c := range found {
		all[i] = jobs.Confinement{Name: c.Name, InForce: c.InForce}
	}
	return all
}

// close closes what was opened, Redis after those who talk to it.
func (p *parts) close() error {
	var failed []error
	shut := func(c io.Closer) { failed = append(failed, c.Close()) }
	if p.client != nil {
		shut(p.client)
	}
	if p.redis != nil {
		p.redis.Stop()
	}
	if p.vault != nil {
		shut(p.vault)
	}
	if p.records != nil {
		shut(p.records)
	}
	if p.lock != nil {
		shut(p.lock)
	}
	return errors.Join(failed...)
}
