package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"attune/internal/signin"
	"attune/internal/store"
	"attune/internal/vault"
	"attune/internal/vig"
)

// Config is what the service is made of. Store, Vault and Queue are needed and
// stay the caller's.
type Config struct {
	Store *store.Store
	Vault *vault.Vault
	Queue Queue

	// Prober looks at films as they arrive. nil takes every film, and leaves it
	// to the analysis to refuse it.
	Prober Prober

	// Worker says whether the worker of this process works. nil where there is
	// none.
	Worker func(ctx context.Context) error

	// Monitor is the page of the queue's author, for admins, made for MonitorPath.
	// nil is none.
	Monitor http.Handler

	// Staging is the folder in which uploads grow until they are whole. It must
	// outlive a restart, or uploads begin anew. "" means that nothing can be
	// uploaded here.
	Staging string

	// MaxUpload is the most that one film may have, in bytes. 0 means 16 GiB.
	MaxUpload int64

	// VaultElsewhere says that the vault is not on the disk of Staging. Otherwise
	// each film is there twice while it is taken in, and is only begun if there is
	// room for both.
	VaultElsewhere bool

	// Reserve is how many bytes films leave free on the disk of Staging. 0 means
	// 1 GiB.
	Reserve int64

	// Free returns how many bytes are free on the disk of Staging. nil asks the
	// file system.
	Free func() (int64, error)

	// PublicURL is where people reach the service. With https the cookies of
	// sessions go over nothing else. nil means that it is reached as it listens, by
	// http.
	PublicURL *url.URL

	// Proxies are the networks of web servers before this one, whose word for who
	// sends a request is taken (X-Forwarded-For). Without them it is whoever
	// connects.
	Proxies []netip.Prefix

	// Elsewhere is a provider of accounts with which people may sign in. Without an
	// issuer there is none.
	Elsewhere signin.ProviderConfig

	// SessionIdle is how long a browser stays signed in unused, SessionLifetime how
	// long in any case. 0 means 2 and 12 hours.
	SessionIdle, SessionLifetime time.Duration

	// Logger is told of requests and failures: ids, counts and times, never a
	// name or a path with one. nil is silence.
	Logger *slog.Logger
}

// maxUpload is an hour of a camera's best picture, and more than phones make.
const maxUpload = 16 << 30

func (c Config) withDefaults() Config {
	if c.MaxUpload <= 0 {
		c.MaxUpload = maxUpload
	}
	if c.Reserve <= 0 {
		c.Reserve = reserve
	}
	if c.SessionIdle <= 0 {
		c.SessionIdle = sessionIdle
	}
	if c.SessionLifetime <= 0 {
		c.SessionLifetime = sessionLifetime
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Queue is how work is asked for, and how far it is. Its failures are never the
// end of a request that changed the records: what they say is due is found
// again.
type Queue interface {
	EnqueueFilm(ctx context.Context, id store.FilmID, run int, length time.Duration) error
	EnqueueViewingCopy(ctx context.Context, id store.FilmID, run int, length time.Duration) error
	EnqueueReel(ctx context.Context, id store.ReelID, run int, length time.Duration) error

	// CancelFilm stops the work on a film whose record was cancelled; the others
	// do for their kinds, whose records were failed.
	CancelFilm(ctx context.Context, id store.FilmID, run int) error
	CancelViewingCopy(ctx context.Context, id store.FilmID, run int) error
	CancelReel(ctx context.Context, id store.ReelID, run int) error

	// Progress returns how far the work on the film or reel of that id is;
	// vig.CodeNotFound where nothing is known.
	Progress(ctx context.Context, id string) (Progress, error)

	// Watch sends the progress of the film or reel of that id at every change,
	// until ctx ends, which closes the channel.
	Watch(ctx context.Context, id string) (<-chan Progress, error)

	// Queues returns how full the queues are, the most urgent first.
	Queues(ctx context.Context) ([]QueueSize, error)

	// Pause keeps the tasks of a queue from being begun, or lets them be again.
	// vig.CodeNotFound where there is none of that name.
	Pause(ctx context.Context, queue string, paused bool) error

	// Workers returns the workers that are there, and those that fell silent.
	Workers(ctx context.Context) ([]Presence, error)

	// Ready says whether work can be asked for.
	Ready(ctx context.Context) error
}

// Progress is how far the work on a film or a reel is.
type Progress struct {
	Stage string        // what is being done, in words for people
	Share float64       // of the whole, 0 to 1
	Left  time.Duration // guessed until the end; 0 if there is no telling
	Ended bool          // this run is over: the record says what came of it
}

// QueueSize is how full one queue is.
type QueueSize struct {
	Name     string
	Waiting  int
	Retrying int // of those that wait, the ones that failed before
	Running  int
	Archived int           // failed for good
	Latency  time.Duration // how long the first has waited
	Paused   bool
	Used     bool // only then it can be paused
	Failures []QueueFailures
}

// QueueFailures are how often tasks failed for one reason.
type QueueFailures struct {
	Why      string // "storage", "crash", "lost", "film" or "unknown"
	Retrying int
	Archived int
}

// Presence is what a worker says of itself.
type Presence struct {
	ID          string
	Version     string
	Reduced     bool          // it looks for faces in the reduced mode
	Confined    []Confinement // what its media work is kept from, and what not
	Concurrency int
	Running     int
	Started     time.Time
	Seen        time.Time
	Silent      bool
}

// Confinement is one thing that media work is kept from.
type Confinement struct {
	Name    string // as "network"
	InForce bool
}

// Prober says what a film is. It fails with vig.CodeInvalid or
// vig.CodeUnsupported where it is none that can be analysed; the text says why,
// for people.
type Prober interface {
	Probe(ctx context.Context, film io.ReaderAt, size int64) (vig.FilmInfo, error)
}
