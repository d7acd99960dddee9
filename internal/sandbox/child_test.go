package sandbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"attune/internal/vig"
)

// The test binary is also the child: a task's arguments name the deed.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "media" {
		os.Exit(Child(context.Background(), deed))
	}
	if len(os.Args) == 2 && os.Args[1] == "parent" {
		os.Exit(parent())
	}
	goleak.VerifyTestMain(m)
}

// asked is what a test's child is to do.
type asked struct {
	Deed string
	Path string
}

// deed does what the task's arguments name. Those that a child must not survive
// return only where it did.
func deed(_ context.Context, job *Job) (any, error) {
	var a asked
	if err := json.Unmarshal(job.Args, &a); err != nil {
		return nil, err
	}
	if after, ok := strings.CutPrefix(a.Deed, "begin and "); ok {
		job.Progress("begun", 0)
		a.Deed = after
	}
	switch a.Deed {
	case "hash":
		hash := sha256.New()
		_, err := io.Copy(hash, io.NewSectionReader(job.Film, 0, job.Size))
		return hex.EncodeToString(hash.Sum(nil)), err
	case "files":
		job.Progress("first", 0.25)
		if err := job.Send("analysis.json", strings.NewReader("{}")); err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(job.Scratch, "reel"), bytes.Repeat([]byte("reel"), 1<<20), 0o600); err != nil {
			return nil, err
		}
		job.Progress("second", 2)
		return []int{1}, job.SendFile("reel.mp4", filepath.Join(job.Scratch, "reel"))
	case "invalid":
		return nil, vig.Errorf(vig.CodeInvalid, "open film", "the film is\ndamaged\x1b[31m")
	case "spin":
		for n := 0; ; n++ {
			_ = n * n
		}
	case "sleep":
		<-make(chan struct{})
	case "stop":
		return nil, signalSelf(unix.SIGSTOP)
	case "allocate":
		var all [][]byte
		for {
			b := make([]byte, 16<<20)
			for i := 0; i < len(b); i += 4096 {
				b[i] = 1
			}
			all = append(all, b)
			runtime.KeepAlive(all)
		}
	case "reserve":
		_, err := unix.Mmap(-1, 0, 64<<30, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
		return nil, err
	case "write":
		for n := 0; ; n++ {
			if err := os.WriteFile(filepath.Join(job.Scratch, fmt.Sprint(n)), make([]byte, 4<<20), 0o600); err != nil {
				return nil, err
			}
		}
	case "write one":
		f, err := os.Create(filepath.Join(job.Scratch, "one"))
		for err == nil {
			_, err = f.Write(make([]byte, 4<<20))
		}
		return nil, err
	case "write nameless":
		for {
			f, err := os.Create(filepath.Join(job.Scratch, "nameless"))
			if err == nil {
				err = os.Remove(f.Name())
			}
			for range 8 {
				if err == nil {
					_, err = f.Write(make([]byte, 4<<20))
				}
			}
			if err != nil {
				return nil, err
			}
		}
	case "make folders":
		for n := 0; ; n++ {
			if err := os.Mkdir(filepath.Join(job.Scratch, fmt.Sprint(n)), 0o700); err != nil {
				return nil, err
			}
		}
	case "hide":
		hidden := filepath.Join(job.Scratch, "hidden")
		if err := os.Mkdir(hidden, 0o300); err != nil {
			return nil, err
		}
		return nil, os.WriteFile(filepath.Join(hidden, "file"), []byte("x"), 0o600)
	case "hide deep":
		return nil, nest(job.Scratch)
	case "send":
		return nil, job.Send("reel.mp4", endless{})
	case "open files":
		for n := 0; ; n++ {
			if _, err := os.Create(filepath.Join(job.Scratch, fmt.Sprint(n))); err != nil {
				return nil, err
			}
		}
	case "tcp", "udp", "unix":
		address := map[string]string{"tcp": "127.0.0.1:9", "udp": "127.0.0.1:9", "unix": "/run/x"}
		_, err := net.Dial(a.Deed, address[a.Deed]) //nolint:noctx // it must not come back
		return nil, err
	case "socketpair":
		_, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		return nil, err
	case "fork":
		_, _, errno := syscall.RawSyscall(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0)
		return nil, errno
	case "exec":
		return nil, syscall.Exec("/proc/self/exe", []string{"attune"}, nil)
	case "kill":
		return nil, unix.Kill(unix.Getppid(), 0)
	case "own a pipe", "own a pipe's signals", "choose a signal", "lease", "notice", "lock":
		return nil, fcntl(a.Deed, job.Scratch)
	case "start threads":
		for range 2 * maxThreads() {
			go func() {
				runtime.LockOSThread() // a thread of its own
				<-make(chan struct{})
			}()
		}
		<-make(chan struct{})
	case "move the parent":
		var one unix.CPUSet
		one.Set(0)
		return nil, unix.SchedSetaffinity(unix.Getppid(), &one)
	case "move itself":
		var all unix.CPUSet
		if err := unix.SchedGetaffinity(0, &all); err != nil {
			return nil, err
		}
		return nil, unix.SchedSetaffinity(0, &all)
	case "ptrace":
		return nil, unix.PtraceAttach(unix.Getppid())
	case "read":
		_, err := os.ReadFile(a.Path)
		return nil, err
	case "list":
		_, err := os.ReadDir(a.Path)
		return nil, err
	case "create":
		return nil, os.WriteFile(a.Path, nil, 0o600)
	case "chmod":
		return nil, os.Chmod(a.Path, 0o777)
	case "remove":
		return nil, os.Remove(a.Path)
	case "link":
		return nil, os.Link(a.Path, filepath.Join(job.Scratch, "link"))
	case "fifo":
		return nil, unix.Mkfifo(filepath.Join(job.Scratch, "fifo"), 0o600)
	case "new code":
		_, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_ANON|unix.MAP_PRIVATE)
		return nil, err
	case "raise limit":
		return nil, unix.Prlimit(0, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 1 << 16, Max: 1 << 16}, nil)
	case "environment":
		return os.Environ(), nil
	case "descriptors":
		// Go's runtime holds files and pollers of its own; an inherited channel
		// would be a pipe or a socket.
		var open []int
		for fd := range 1024 {
			var stat unix.Stat_t
			if unix.Fstat(fd, &stat) == nil && (stat.Mode&unix.S_IFMT == unix.S_IFIFO || stat.Mode&unix.S_IFMT == unix.S_IFSOCK) {
				open = append(open, fd)
			}
		}
		n, _ := os.Stdin.Read(make([]byte, 1))
		return []any{n, open}, nil
	case "segv":
		return nil, signalSelf(unix.SIGSEGV)
	case "nil":
		*(*int)(nil) = 1
	case "panic":
		panic("the film")
	case "exit":
		os.Exit(7)
	case "exit well":
		os.Exit(0)
	case "garbage":
		for range 1000 {
			_, _ = job.answers.Write(bytes.Repeat([]byte{0xff, 'p', 0}, 1000))
		}
		return true, nil
	case "more":
		_ = job.send(frameResult, []byte("{}"))
		return nil, nil
	case "other name":
		return nil, job.Send("../../etc/passwd", strings.NewReader("x"))
	case "hang after":
		_ = job.send(frameResult, []byte("{}"))
		<-make(chan struct{})
	case "ask wrongly":
		film, _ := job.Film.(*remoteFilm)
		_, err := film.ask(job.Size, 1<<30)
		return nil, err
	case "deaf":
		// It asks for much and takes nothing.
		film, _ := job.Film.(*remoteFilm)
		for range 1 << 20 {
			if _, err := film.conn.Write(make([]byte, requestSize)); err != nil {
				return nil, err
			}
		}
	}
	return nil, errors.New("survived: " + a.Deed)
}

// fcntl asks for a signal by the named command.
func fcntl(deed, scratch string) error {
	command := map[string]struct{ number, argument int }{
		"own a pipe":           {unix.F_SETOWN, unix.Getppid()},
		"own a pipe's signals": {unix.F_SETOWN_EX, 0},
		"choose a signal":      {unix.F_SETSIG, int(unix.SIGKILL)},
		"lease":                {unix.F_SETLEASE, unix.F_RDLCK},
		"notice":               {unix.F_NOTIFY, 4}, // DN_CREATE of fcntl.h
		"lock":                 {unix.F_SETLK, 0},
	}[deed]
	dir, err := os.Open(scratch)
	if err != nil {
		return err
	}
	defer dir.Close()
	if _, err := unix.FcntlInt(dir.Fd(), unix.F_GETFL, 0); err != nil {
		return errors.New("flags cannot be read")
	}
	_, err = unix.FcntlInt(dir.Fd(), command.number, command.argument)
	return err
}

// nest makes folders in folders in dir that cannot be listed, more than a path
// can name.
func nest(dir string) error {
	at, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	for depth := 0; err == nil && depth < 3000; depth++ {
		if err = unix.Mkdirat(at, "d", 0o300); err != nil {
			break
		}
		var next int
		next, err = unix.Openat(at, "d", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		unix.Close(at)
		at = next
	}
	return err
}

// signalSelf sends a signal as abort() would: kill is not allowed.
func signalSelf(sig syscall.Signal) error {
	return unix.Tgkill(unix.Getpid(), unix.Gettid(), sig)
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// parent runs a child that sleeps, says so, and waits to be killed.
func parent() int {
	r := New(Config{Unconfined: true, Scratch: os.Getenv("SCRATCH")})
	args, _ := json.Marshal(asked{Deed: "files"})
	_, err := r.Run(context.Background(), Task{Kind: Analyze, Args: args, Film: strings.NewReader(""), Wall: time.Minute}, tellingOutputs{})
	fmt.Println(err)
	return 1
}

// tellingOutputs says that the child is there, and then holds it.
type tellingOutputs struct{ noOutputs }

func (tellingOutputs) Progress(string, float64) {
	fmt.Println("begun")
	<-make(chan struct{})
}
