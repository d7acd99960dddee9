package redisserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"attune/internal/vig"
)

// lockFolder keeps two processes from running a server each on one folder. The
// kernel lets go of the lock when its holder dies, so what runs on an unlocked
// folder is stale.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, vig.Errorf(vig.CodeConflict, "start redis-server", "the folder %s is in use by another attune that runs", dir)
		}
		return nil, err
	}
	return f, nil
}

// stopStale ends the server that a killed process left on the folder. Normally
// it has ended by itself, or is just about to.
func stopStale(ctx context.Context, dir string, log *slog.Logger) error {
	b, err := os.ReadFile(filepath.Join(dir, pidFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		pid = 0 // cut off in the writing
	}
	if pid <= 1 || !serves(pid, dir) {
		return nil // a number that is nobody's, or somebody else's, by now
	}
	log.Warn("stopping a redis-server that was left behind", "pid", pid)
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		if err := syscall.Kill(pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stop the redis-server %d that was left behind: %w", pid, err)
		}
		gone, err := awaitGone(ctx, pid, dir)
		if gone || err != nil {
			return err
		}
	}
	return fmt.Errorf("the redis-server %d that was left behind does not stop", pid)
}

// awaitGone waits for the end of a process that is not a child of ours, for
// stopTimeout at the most.
func awaitGone(ctx context.Context, pid int, dir string) (bool, error) {
	const look = 10 * time.Millisecond
	tick := time.NewTicker(look)
	defer tick.Stop()
	limit := time.After(stopTimeout)
	for serves(pid, dir) {
		select {
		case <-tick.C:
		case <-limit:
			return false, nil
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	return true, nil
}

// serves says whether the process is a redis-server that works in the folder.
// A zombie has no folder any more.
func serves(pid int, dir string) bool {
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	cwd, err := os.Readlink(filepath.Join(proc, "cwd"))
	if err != nil || cwd != dir {
		return false
	}
	comm, err := os.ReadFile(filepath.Join(proc, "comm"))
	return err == nil && strings.HasPrefix(string(comm), "redis")
}
