package main

import (
	"context"
	"io"

	"attune/internal/vig"
	"attune/internal/web"
	"attune/jobs"
)

// queue is the client of the queue as the web wants it.
type queue struct{ *jobs.Client }

var _ web.Queue = queue{}

// Progress returns how far the work on a film or reel is.
func (q queue) Progress(ctx context.Context, id string) (web.Progress, error) {
	p, err := q.Client.Progress(ctx, id)
	return web.Progress(p), err
}

// Watch sends the progress of a film or reel until ctx ends.
func (q queue) Watch(ctx context.Context, id string) (<-chan web.Progress, error) {
	from, err := q.Client.Watch(ctx, id)
	if err != nil {
		return nil, err
	}
	to := make(chan web.Progress)
	go func() {
		defer close(to)
		for p := range from {
			select {
			case to <- web.Progress(p):
			case <-ctx.Done(): // which closes from
			}
		}
	}()
	return to, nil
}

// Queues returns how full the queues are.
func (q queue) Queues(ctx context.Context) ([]web.QueueSize, error) {
	sizes, err := q.Client.Queues(ctx)
	if err != nil {
		return nil, err
	}
	shown := make([]web.QueueSize, len(sizes))
	for i, s := range sizes {
		shown[i] = web.QueueSize{
			Name: s.Name, Waiting: s.Waiting, Retrying: s.Retrying, Running: s.Running, Archived: s.Archived,
			Latency: s.Latency, Paused: s.Paused, Used: s.Used,
		}
		for _, f := range s.Failures {
			shown[i].Failures = append(shown[i].Failures, web.QueueFailures{Why: string(f.Why), Retrying: f.Retrying, Archived: f.Archived})
		}
	}
	return shown, nil
}

// Workers returns what the workers say of themselves.
func (q queue) Workers(ctx context.Context) ([]web.Presence, error) {
	all, err := q.Client.Workers(ctx)
	if err != nil {
		return nil, err
	}
	shown := make([]web.Presence, len(all))
	for i, p := range all {
		shown[i] = web.Presence{
			ID: p.ID, Version: p.Version, Reduced: p.Reduced, Concurrency: p.Concurrency, Running: p.Running,
			Started: p.Started, Seen: p.Seen, Silent: p.Silent,
		}
		for _, c := range p.Confined {
			shown[i].Confined = append(shown[i].Confined, web.Confinement(c))
		}
	}
	return shown, nil
}

// prober looks at films in confined children as they arrive.
type prober struct{ media media }

var _ web.Prober = prober{}

// Probe says what a film is.
func (p prober) Probe(ctx context.Context, film io.ReaderAt, size int64) (vig.FilmInfo, error) {
	r, err := p.media.probe(ctx, film, size)
	return r.Info, err
}
