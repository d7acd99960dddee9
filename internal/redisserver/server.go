package redisserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	"attune/internal/vig"
)

const (
	// startTimeout bounds one start. Redis answers in milliseconds, and reads
	// an append-only file of a gigabyte in some ten seconds.
	startTimeout = 2 * time.Minute
	// stopTimeout is what Redis gets to write its file out before it is killed.
	stopTimeout = 5 * time.Second
	// A Redis that dies is started again after firstBackoff, and each time it
	// dies again soon after twice as long, up to lastBackoff.
	firstBackoff = 50 * time.Millisecond
	lastBackoff  = 5 * time.Second
	// steady is how long it must have run for the delay to begin anew.
	steady = time.Minute
)

// Config says where the server keeps its data.
type Config struct {
	// Dir is the folder for data, socket, password and configuration. It is
	// made if it is not there. Needed.
	Dir string
	// Binary is the redis-server to run; empty means the one on the PATH.
	Binary string
	// Logger gets starts, deaths and stops; nil means none.
	Logger *slog.Logger
}

// Server is a running redis-server. Whoever starts it must stop it.
type Server struct {
	dir      string
	binary   string
	log      *slog.Logger
	password string
	listen   listen
	lock     *os.File

	stop     chan struct{} // closed by Stop
	stopOnce sync.Once
	done     chan struct{} // closed when the child is gone for good
}

// Start runs a redis-server on the folder and waits until it answers. ctx
// bounds only the start. One that a killed process left behind on the same
// folder is stopped first; a folder that a living process uses is refused with
// [vig.CodeConflict], and a machine without redis-server with
// [vig.CodeNotFound].
func Start(ctx context.Context, cfg Config) (*Server, error) {
	const op = "start redis-server"
	log := cfg.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if cfg.Dir == "" {
		return nil, vig.Errorf(vig.CodeInvalid, op, "no folder named")
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	// Redis itself knows its folder without links; so does the check for a stale one.
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	binary := cfg.Binary
	if binary == "" {
		if binary, err = exec.LookPath("redis-server"); err != nil {
			return nil, vig.Errorf(vig.CodeNotFound, op, "redis-server is not installed: install the package redis-server, or name a Redis by its URL: %w", err)
		}
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, binary: binary, log: log, lock: lock, stop: make(chan struct{}), done: make(chan struct{})}
	if err := s.start(ctx); err != nil {
		_ = lock.Close()
		return nil, vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	return s, nil
}

// start clears the folder of a stale server and tries the ways to listen until
// one works: a file system may not take sockets, a port may just have been taken.
func (s *Server) start(ctx context.Context) error {
	if err := stopStale(ctx, s.dir, s.log); err != nil {
		return err
	}
	var err error
	if s.password, err = password(s.dir); err != nil {
		return err
	}
	for _, l := range listens(s.dir) {
		if err = l.choose(); err != nil {
			continue
		}
		s.listen = l
		if err = writeConfig(s.dir, s.listen, s.password); err != nil {
			return err
		}
		if err = s.launch(ctx); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// launch starts the goroutine that owns the child and waits for its first answer.
func (s *Server) launch(ctx context.Context) error {
	started := make(chan error, 1)
	go s.supervise(ctx, started)
	return <-started
}

// URL returns the address that clients connect to, password included:
// unix://:PASSWORD@/PATH or redis://:PASSWORD@127.0.0.1:PORT. It stays the same
// as long as the server runs.
func (s *Server) URL() string { return s.listen.url(s.password) }

// Stop ends the server as SHUTDOWN does, so that its file is complete, and
// waits until it is gone. It may be called more than once.
func (s *Server) Stop() {
	s.stopOnce.Do(func() { close(s.stop) })
	<-s.done
	_ = s.lock.Close() // which unlocks
}

// supervise runs the child until Stop, and again whenever it dies. The first
// start's outcome goes to started; if it failed, supervise ends.
//
// It holds its OS thread: the kernel sends the death signal when the thread
// that started the child ends, not when the process does.
func (s *Server) supervise(ctx context.Context, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	first := true
	backoff := firstBackoff
	for {
		begun := time.Now()
		c, err := s.spawn()
		if err == nil {
			err = s.await(ctx, c)
		}
		if first {
			if err != nil {
				started <- err
				return
			}
			s.log.Info("redis-server runs", "pid", c.cmd.Process.Pid, "socket", s.listen.socket != "")
			started <- nil
			first = false
			ctx = context.WithoutCancel(ctx) // which bounded the start
		} else if err == nil {
			s.log.Info("redis-server runs again", "pid", c.cmd.Process.Pid)
		}
		if err == nil {
			select {
			case <-s.stop:
				c.end()
				s.log.Info("redis-server stopped")
				close(s.done)
				return
			case <-c.exited:
				err = c.failure()
			}
		}
		if time.Since(begun) > steady {
			backoff = firstBackoff
		}
		select {
		case <-s.stop:
			close(s.done)
			return
		default:
		}
		s.log.Error("redis-server died; starting it again", "error", err, "after", backoff)
		select {
		case <-s.stop:
			close(s.done)
			return
		case <-time.After(backoff):
		}
		backoff = min(2*backoff, lastBackoff)
	}
}

// child is one run of redis-server.
type child struct {
	cmd    *exec.Cmd
	output *tail
	exited chan struct{}
	err    error // of Wait; read it after exited is closed
}

// spawn starts the program. The calling goroutine must hold its OS thread for
// as long as the child is to live.
func (s *Server) spawn() (*child, error) {
	if err := s.listen.clear(); err != nil {
		return nil, err
	}
	c := &child{output: &tail{max: 4 << 10}, exited: make(chan struct{})}
	// Not CommandContext: the child is ended by Stop, in good order.
	c.cmd = exec.Command(s.binary, filepath.Join(s.dir, configFile)) //nolint:gosec,noctx // the binary found above, and our own file
	c.cmd.Dir = s.dir
	c.cmd.Env = []string{"LC_ALL=C.UTF-8", "PATH=" + os.Getenv("PATH")}
	c.cmd.Stdout, c.cmd.Stderr = c.output, c.output
	c.cmd.SysProcAttr = &syscall.SysProcAttr{
		Setpgid:   true,            // Ctrl-C in the terminal is for us; we stop it last
		Pdeathsig: syscall.SIGTERM, // kill -9 of us ends it too, its file written out
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		c.err = c.cmd.Wait()
		close(c.exited)
	}()
	return c, nil
}

// await waits until the child answers, and ends it if it does not in time.
func (s *Server) await(ctx context.Context, c *child) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	go func() { // wait for it no longer than it lives
		select {
		case <-ctx.Done():
		case <-c.exited:
		case <-s.stop:
		}
		cancel()
	}()
	err := ping(ctx, s.URL())
	if err == nil {
		return nil
	}
	select {
	case <-c.exited:
		return c.failure()
	default:
	}
	c.end()
	return fmt.Errorf("no answer: %w", err)
}

// end stops the child in good order and waits until it is gone.
func (c *child) end() {
	_ = c.cmd.Process.Signal(syscall.SIGTERM) // the same as SHUTDOWN
	select {
	case <-c.exited:
	case <-time.After(stopTimeout):
		_ = c.cmd.Process.Kill()
		<-c.exited
	}
}

// failure says why the child exited, with the last that it said.
func (c *child) failure() error {
	err := c.err
	if err == nil {
		err = errors.New("exited")
	}
	if said := c.output.String(); said != "" {
		return fmt.Errorf("%w: %s", err, said)
	}
	return err
}

// tail keeps the last bytes written to it.
type tail struct {
	mu  sync.Mutex
	max int
	buf []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if n := len(t.buf) - t.max; n > 0 {
		t.buf = append(t.buf[:0], t.buf[n:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.buf))
}
