package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"attune/internal/vig"
)

// LeastRoom is how many bytes must stay free where children write, unless a
// [Config] says otherwise: more than a child or two can write between two looks,
// with some left for those who share the disk.
const LeastRoom = 1 << 30

// Config says how children are started. Its zero value works.
type Config struct {
	// Binary is the program that is started with the arguments "media KIND" and
	// calls [Child]. "" means this program itself.
	Binary string

	// Reads are the files, and folders with all that is in them, that a child
	// may read: models. Those that do not exist are left out.
	Reads []string

	// Options is handed to every child as JSON ([Job].Options): what does not
	// change from task to task. nil is nothing.
	Options any

	// Scratch is the folder in which each task gets an empty folder of its own.
	// "" means the system's folder for temporary files. It needs room for what
	// one task makes.
	Scratch string

	// Memory is the most that one child may hold in memory, in bytes. 0 means
	// 4 GiB: twice what decoding the largest picture that is taken needs.
	Memory int64

	// Output is the most that one child may write, in bytes: into its folder,
	// and again back to us. 0 means twice the film and 4 GiB more, which no
	// reel or copy of a film reaches.
	Output int64

	// Room is how many bytes must stay free where Scratch lies: below that a
	// child is killed, and the run fails as of a fault of this machine. 0 means
	// [LeastRoom].
	Room int64

	// Files is how many files a child may have open. 0 means 128.
	Files int

	// CPU is the most computing time of one task, all cores together. 0 means
	// twice the time that the task may take: all that a machine of two cores can
	// give it, and on a larger one no more.
	CPU time.Duration

	// Wall is how long a task may take that does not say so itself. 0 means 6
	// hours: the longest film that is taken, at less than its own speed.
	Wall time.Duration

	// Unconfined lets children work with what confinement this machine has.
	// Otherwise they refuse where any is missing.
	Unconfined bool

	// Logger is told how children end: kind, end and figures, nothing of a
	// film. nil is silence.
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	if c.Binary == "" {
		c.Binary = "/proc/self/exe" // also where the file was replaced meanwhile
	}
	if c.Scratch == "" {
		c.Scratch = os.TempDir()
	}
	if c.Memory <= 0 {
		c.Memory = 4 << 30
	}
	if c.Room <= 0 {
		c.Room = LeastRoom
	}
	if c.Files <= 0 {
		c.Files = 128
	}
	if c.Wall <= 0 {
		c.Wall = 6 * time.Hour
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Runner runs media work in confined children. Its methods may be used by
// several goroutines at once.
type Runner struct {
	cfg   Config
	sweep sync.Once
}

// New returns a runner. It starts nothing.
func New(cfg Config) *Runner { return &Runner{cfg: cfg.withDefaults()} }

// Task is the media work on one film.
type Task struct {
	Kind Kind
	Args json.RawMessage // as the kind wants them; nil is none
	Film io.ReaderAt     // may be read from until shortly after Run has returned, by one goroutine
	Size int64           // of the film, in bytes

	// Wall is how long it may take. 0 means that of the [Config].
	Wall time.Duration
}

// limits are those of one child, sent to it with its setup.
type limits struct {
	Memory int64         `json:"memory"`
	Output int64         `json:"output"`
	Files  int           `json:"files"`
	CPU    time.Duration `json:"cpu"`
	Wall   time.Duration `json:"-"`
	Room   int64         `json:"-"`
}

// cpuSeconds returns the limit on computing time as the system takes it.
func (l limits) cpuSeconds() uint64 { return uint64(math.Ceil(l.CPU.Seconds())) }

// limits returns those of a task that ends with ctx at the latest.
func (c Config) limits(ctx context.Context, t Task) limits {
	l := limits{Memory: c.Memory, Output: c.Output, Files: c.Files, CPU: c.CPU, Wall: t.Wall, Room: c.Room}
	if l.Output <= 0 {
		l.Output = 2*t.Size + 4<<30
	}
	if l.Wall <= 0 {
		l.Wall = c.Wall
	}
	if l.CPU <= 0 {
		l.CPU = l.Wall
		if end, ok := ctx.Deadline(); ok {
			l.CPU = max(time.Second, min(l.CPU, time.Until(end))) // RLIMIT_CPU counts seconds
		}
		l.CPU = (2 * l.CPU).Round(time.Second)
	}
	return l
}

// Run does task in a child of its own and returns the result as JSON; the files
// that the child makes go to out. It may be called for several tasks at once.
//
// The errors are of [vig.Error] as the child reported them, with code invalid or
// unsupported where it is the film's fault; a [Crash] where the child gave no
// answer; the error of ctx; or internal where this machine, the film's reader or
// out failed. When ctx ends, the child is killed at once.
func (r *Runner) Run(ctx context.Context, task Task, out Outputs) (json.RawMessage, error) {
	const op = "run media task"
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	names, known := makes[task.Kind]
	if !known || task.Film == nil || task.Size < 0 {
		return nil, vig.Errorf(vig.CodeInternal, op, "not a task: kind %q, size %d", task.Kind, task.Size)
	}
	r.sweep.Do(func() { sweepScratch(r.cfg.Scratch) })
	lim := r.cfg.limits(ctx, task)
	scratch, err := newScratch(r.cfg.Scratch)
	if err != nil {
		return nil, vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	defer scratch.remove()
	c, err := startChild(r.cfg.Binary, task.Kind, scratch.dir)
	if err != nil {
		return nil, vig.Errorf(vig.CodeInternal, op, "start child: %w", err)
	}
	defer c.close()
	began := time.Now()
	unwatch := context.AfterFunc(ctx, func() { c.kill(ctx.Err()) })
	defer unwatch()
	go c.watch(lim, scratch.dir)

	served := make(chan error, 1)
	go func() { served <- r.serve(c, task, lim, scratch.dir) }()
	result, why, err := receive(c.answers, names, lim.Output, out, c.expectEnd)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		c.kill(err)
	}
	c.expectEnd()
	<-c.done
	result, err = c.outcome(result, why, err, lim, scratch)
	if failed := c.filmError(served); failed != nil && ctx.Err() == nil && err != nil {
		err = vig.Errorf(vig.CodeInternal, op, "%w", failed)
	}
	c.log(ctx, r.cfg.Logger, task.Kind, time.Since(began), err)
	return result, err
}

// serve tells the child what to do, and then answers what it asks.
func (r *Runner) serve(c *child, task Task, lim limits, scratch string) error {
	defer c.film.Close() // a child that asks wrongly is not left waiting
	s := setup{
		Kind: task.Kind, Args: task.Args, Size: task.Size, Scratch: scratch,
		Reads: r.cfg.Reads, Limits: lim, Strict: !r.cfg.Unconfined,
	}
	if r.cfg.Options != nil {
		options, err := json.Marshal(r.cfg.Options)
		if err != nil {
			c.kill(err)
			return err
		}
		s.Options = options
	}
	if err := writeSetup(c.film, s); err != nil {
		if !errors.Is(err, unix.EPIPE) {
			c.kill(err)
		}
		return nil // the child has ended, or will: its end tells
	}
	return serve(c.film, task.Film, task.Size)
}

// filmGrace is how long a film's reader is waited for once the child is gone.
const filmGrace = time.Second

// filmError returns why the film could not be read, where that was so.
func (c *child) filmError(served <-chan error) error {
	c.film.Close()
	timer := time.NewTimer(filmGrace)
	defer timer.Stop()
	select {
	case err := <-served:
		return err
	case <-timer.C: // a reader that hangs is left to itself
		return nil
	}
}

// outcome says how the run went, from what the child sent and how it ended.
func (c *child) outcome(result json.RawMessage, why, received error, lim limits, scratch *scratch) (json.RawMessage, error) {
	const op = "run media task"
	if cause := c.killed(); cause != nil {
		if asCrash(cause) == nil && !errors.Is(cause, context.Canceled) && !errors.Is(cause, context.DeadlineExceeded) {
			cause = vig.Errorf(vig.CodeInternal, op, "%w", cause)
		}
		return nil, cause
	}
	if err := checkFolder(scratch.dir, lim.Output); err != nil {
		return nil, err
	}
	switch {
	case !c.state.Success():
		return nil, classify(c.state, c.said.Bytes(), lim)
	case received != nil:
		return nil, answerCrash(errors.New("it breaks off"))
	case why != nil:
		return nil, why
	}
	return result, nil
}

// maxSaid is how much is kept of what a child writes to standard error. It is
// searched for why the child ended, and never passed on.
const maxSaid = 64 << 10

// head keeps the first maxSaid bytes written to it.
type head struct{ bytes.Buffer }

// Write never fails.
func (h *head) Write(p []byte) (int, error) {
	h.Buffer.Write(p[:min(len(p), maxSaid-h.Len())])
	return len(p), nil
}
