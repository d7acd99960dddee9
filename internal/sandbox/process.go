package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The descriptors of a child beside standard input, output and error, in the
// order of exec.Cmd.ExtraFiles.
const (
	filmDescriptor   = 3
	answerDescriptor = 4
)

// endGrace is how long a child may take to end once it has answered.
const endGrace = 5 * time.Second

// niceness is how far children stand back for the service itself and for others
// on the machine, of 19: half of it, which leaves them a tenth of a busy core.
const niceness = 10

// child is a running child process.
type child struct {
	cmd     *exec.Cmd
	film    *os.File // the parent's end of the film's channel
	answers *os.File
	said    head // on standard error; read it after done
	done    chan struct{}
	state   *os.ProcessState // after done

	expected sync.Once
	mu       sync.Mutex
	ended    bool
	cause    error // why it was killed
}

// environment is what of ours a child gets: where its libraries lie, if that was
// said.
func environment() []string {
	if path, ok := os.LookupEnv("LD_LIBRARY_PATH"); ok {
		return []string{"LD_LIBRARY_PATH=" + path}
	}
	return []string{} // nil would be all of ours
}

// startChild starts a child in dir. The caller waits for done, then calls close.
func startChild(binary string, kind Kind, dir string) (_ *child, err error) {
	// What was left open for us by whoever started us is none of the child's
	// business; Go's own descriptors are marked already.
	if err := unix.CloseRange(filmDescriptor, ^uint(0), unix.CLOSE_RANGE_CLOEXEC); err != nil && !errors.Is(err, unix.ENOSYS) && !errors.Is(err, unix.EINVAL) {
		return nil, fmt.Errorf("close descriptors: %w", err)
	}
	ours, theirs, err := socketPair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	answers, answering, err := os.Pipe()
	if err != nil {
		ours.Close()
		return nil, err
	}
	defer answering.Close()
	c := &child{film: ours, answers: answers, done: make(chan struct{})}
	c.cmd = exec.Command(binary, "media", string(kind)) //nolint:noctx,gosec // killed by group, with a reason: see kill; the binary is ours
	c.cmd.Args[0] = "attune"
	c.cmd.Dir = dir
	c.cmd.Env = environment()
	c.cmd.Stderr = &c.said
	c.cmd.WaitDelay = endGrace // where, unconfined, it left something running that has its standard error
	c.cmd.ExtraFiles = []*os.File{theirs, answering}
	c.cmd.SysProcAttr = &unix.SysProcAttr{Setpgid: true, Pdeathsig: unix.SIGKILL}
	started := make(chan error)
	go c.live(started)
	if err := <-started; err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// live starts the child and waits for its end. The system kills a child when
// the thread that started it ends (Pdeathsig), so one thread does both.
func (c *child) live(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := c.cmd.Start()
	if err == nil {
		// Where it fails, the child is gone or just not as nice.
		_ = unix.Setpriority(unix.PRIO_PGRP, c.cmd.Process.Pid, niceness)
	}
	started <- err
	if err != nil {
		return
	}
	defer close(c.done)
	// It is not collected yet, so its number is still its own.
	for {
		err := unix.Waitid(unix.P_PID, c.cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	c.mu.Lock()
	c.ended = true
	_ = unix.Kill(-c.cmd.Process.Pid, unix.SIGKILL) // what it left running, if it could
	c.mu.Unlock()
	_ = c.cmd.Wait() // the state says how it ended
	c.state = c.cmd.ProcessState
}

// kill ends the child and all of its group, for the given cause; the first
// cause counts.
func (c *child) kill(cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cause == nil {
		c.cause = cause
	}
	if !c.ended {
		_ = unix.Kill(-c.cmd.Process.Pid, unix.SIGKILL) // it cannot have been collected
	}
}

// killed returns why the child was killed, or nil.
func (c *child) killed() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cause
}

// expectEnd kills a child that has no more to say and does not end.
func (c *child) expectEnd() {
	c.expected.Do(func() {
		go func() {
			timer := time.NewTimer(endGrace)
			defer timer.Stop()
			select {
			case <-c.done:
			case <-timer.C:
				c.kill(answerCrash(errors.New("it does not end")))
			}
		}()
	})
}

// close closes our ends of the channels.
func (c *child) close() {
	c.film.Close()
	c.answers.Close()
}

// log says how the child ended.
func (c *child) log(ctx context.Context, logger *slog.Logger, kind Kind, took time.Duration, err error) {
	attrs := []slog.Attr{
		slog.String("kind", string(kind)),
		slog.Duration("took", took),
		slog.Duration("cpu", c.state.UserTime()+c.state.SystemTime()),
	}
	if usage, ok := c.state.SysUsage().(*syscall.Rusage); ok {
		attrs = append(attrs, slog.Int64("rss_kib", usage.Maxrss))
	}
	level := slog.LevelDebug
	if crash := asCrash(err); crash != nil {
		if kind != check { // whose crash is what is wanted
			level = slog.LevelWarn
		}
		attrs = append(attrs, slog.String("crash", string(crash.What)), slog.String("status", c.state.String()))
	}
	logger.LogAttrs(ctx, level, "media child ended", attrs...)
}

// socketPair returns the two ends of the film's channel: ours waits in Go's
// poller, theirs is for a child.
func socketPair() (ours, theirs *os.File, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("socketpair: %w", err)
	}
	if err := unix.SetNonblock(pair[0], true); err != nil {
		unix.Close(pair[0])
		unix.Close(pair[1])
		return nil, nil, fmt.Errorf("socketpair: %w", err)
	}
	return os.NewFile(uintptr(pair[0]), "film"), os.NewFile(uintptr(pair[1]), "film of the child"), nil
}

var _ io.Writer = (*head)(nil)
