package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"attune/internal/vig"
)

// What a child does that is against the rules ends it, and is told in a sentence.
func TestCrashes(t *testing.T) {
	t.Parallel()
	small := Config{Memory: 300 << 20, Output: 32 << 20}
	for _, test := range []struct {
		deed string
		cfg  Config
		want What
		says string
	}{
		{"spin", Config{CPU: time.Second}, CrashCPU, "1s"},
		{"allocate", small, CrashMemory, "300 MiB"},
		{"reserve", small, CrashExit, ""}, // refused, see below
		{"write", small, CrashOutput, "32 MiB"},
		{"write one", small, CrashOutput, "32 MiB"},
		{"start threads", Config{Memory: 64 << 30}, CrashThreads, "threads"},
		{"make folders", Config{}, CrashOutput, "10000 files"},
		{"send", small, CrashOutput, "32 MiB"},
		{"tcp", Config{}, CrashSyscall, "forbidden"},
		{"udp", Config{}, CrashSyscall, "forbidden"},
		{"unix", Config{}, CrashSyscall, "forbidden"},
		{"socketpair", Config{}, CrashSyscall, "forbidden"},
		{"fork", Config{}, CrashSyscall, "forbidden"},
		{"exec", Config{}, CrashSyscall, "forbidden"},
		{"kill", Config{}, CrashSyscall, "forbidden"},
		{"ptrace", Config{}, CrashSyscall, "forbidden"},
		{"segv", Config{}, CrashSignal, "segmentation fault"},
		{"nil", Config{}, CrashSignal, "segmentation fault"},
		{"panic", Config{}, CrashExit, "exit code 2"},
		{"exit", Config{}, CrashExit, "exit code 7"},
		{"exit well", Config{}, CrashAnswer, "breaks off"},
		{"garbage", Config{}, CrashAnswer, "no known type"},
		{"more", Config{}, CrashAnswer, "more after the end"},
		{"other name", Config{}, CrashAnswer, "no known name"},
	} {
		t.Run(test.deed, func(t *testing.T) {
			t.Parallel()
			_, out, err := do(t, test.cfg, asked{Deed: test.deed}, []byte("film"))
			for name, file := range out.files {
				if !file.aborted || file.closed {
					t.Errorf("%s was taken for whole", name)
				}
			}
			if test.deed == "reserve" {
				if err == nil || !strings.Contains(err.Error(), "cannot allocate memory") {
					t.Errorf("%v", err)
				}
				return
			}
			crash := asCrash(err)
			if crash == nil || crash.What != test.want || !strings.Contains(crash.Reason, test.says) {
				t.Errorf("%v, want %s with %q", err, test.want, test.says)
			}
		})
	}
}

// What a child hides is found or makes it fail, and is gone afterwards (see do).
func TestHiding(t *testing.T) {
	t.Parallel()
	for _, deed := range []string{"hide", "hide deep"} {
		_, _, err := do(t, Config{}, asked{Deed: deed}, nil)
		if deed == "hide" && os.Geteuid() == 0 {
			if err != nil { // from this user nothing can be hidden so
				t.Errorf("%s: %v", deed, err)
			}
			continue
		}
		if crash := asCrash(err); crash == nil || crash.What != CrashOutput || !strings.Contains(crash.Reason, "hid") {
			t.Errorf("%s: %v", deed, err)
		}
	}
}

// What is written into files without a name is missed by whoever counts files,
// and shows in the room that is left.
func TestRoom(t *testing.T) {
	t.Parallel()
	free, err := Room(os.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = do(t, Config{Room: free - 32<<20}, asked{Deed: "write nameless"}, nil)
	if asCrash(err) != nil || vig.CodeOf(err) != vig.CodeInternal || !strings.Contains(err.Error(), "must remain") {
		t.Errorf("%v", err)
	}
}

// What the child has no right to is refused, and the child lives to say so.
func TestRefusals(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ deed, path string }{
		{"read", "/etc/passwd"},
		{"read", file},
		{"read", "/proc/self/exe"},
		{"read", "/proc/self/environ"},
		{"read", "/dev/null"},
		{"list", "/"},
		{"list", dir},
		{"create", filepath.Join(dir, "new")},
		{"create", file},
		{"chmod", file},
		{"remove", file},
		{"link", file},
		{"fifo", ""},
		{"new code", ""},
		{"raise limit", ""},
		{"open files", ""},
		{"own a pipe", ""},
		{"own a pipe's signals", ""},
		{"choose a signal", ""},
		{"lease", ""},
		{"notice", ""},
		{"lock", ""},
		{"move the parent", ""},
	} {
		t.Run(test.deed+" "+filepath.Base(test.path), func(t *testing.T) {
			t.Parallel()
			_, _, err := do(t, Config{}, asked{Deed: test.deed, Path: test.path}, nil)
			refused := err != nil && (strings.Contains(err.Error(), "permission denied") ||
				strings.Contains(err.Error(), "not permitted") || strings.Contains(err.Error(), "too many open files"))
			if vig.CodeOf(err) != vig.CodeInternal || !refused {
				t.Errorf("%v", err)
			}
		})
	}
	t.Run("move itself", func(t *testing.T) {
		t.Parallel()
		if _, _, err := do(t, Config{}, asked{Deed: "move itself"}, nil); err != nil {
			t.Error(err)
		}
	})
	t.Run("what may be read", func(t *testing.T) {
		t.Parallel()
		_, _, err := do(t, Config{Reads: []string{file, filepath.Join(dir, "none")}}, asked{Deed: "read", Path: file}, nil)
		if err != nil {
			t.Errorf("a file of Reads: %v", err)
		}
	})
	if text, err := os.ReadFile(file); err != nil || string(text) != "x" {
		t.Errorf("the file is now %q, %v", text, err)
	}
}

// A child inherits nothing.
func TestChildIsAlone(t *testing.T) {
	t.Setenv("ATTUNE_SECRET", "secret") // of the parent, so this test is not parallel
	t.Setenv("LD_LIBRARY_PATH", "/nowhere")
	var pipe [2]int
	if err := unix.Pipe(pipe[:]); err != nil { // without close-on-exec, as C leaves it
		t.Fatal(err)
	}
	defer unix.Close(pipe[0])
	defer unix.Close(pipe[1])
	environment, _, err := do(t, Config{}, asked{Deed: "environment"}, nil)
	if err != nil || string(environment) != `["LD_LIBRARY_PATH=/nowhere"]` {
		t.Errorf("environment %s, %v", environment, err)
	}
	// Standard input is at its end; of pipes and sockets there are standard error
	// and its two channels.
	said, _, err := do(t, Config{}, asked{Deed: "descriptors"}, nil)
	if err != nil || string(said) != "[0,[2,3,4]]" {
		t.Errorf("open: %s, %v", said, err)
	}
}

// A child that asks for what is not there gets nothing.
func TestRequestsOfAHostileChild(t *testing.T) {
	t.Parallel()
	for _, deed := range []string{"ask wrongly", "deaf"} {
		cfg := Config{Scratch: t.TempDir()}
		ask := task(t, asked{Deed: deed}, []byte("film"))
		if deed == "deaf" {
			ask.Wall = 2 * time.Second // both wait for each other
		}
		_, err := New(cfg).Run(t.Context(), ask, &kept{})
		if err == nil {
			t.Errorf("%s: no error", deed)
		}
		if crash := asCrash(err); deed == "deaf" && (crash == nil || crash.What != CrashWall) {
			t.Errorf("%s: %v", deed, err)
		}
	}
}

// Whatever a child does, it is gone within a second of being told.
func TestStops(t *testing.T) {
	t.Parallel()
	for _, deed := range []string{"sleep", "spin", "stop"} {
		t.Run("cancel "+deed, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			out := &heldOutputs{begun: make(chan struct{})}
			ended := make(chan error, 1)
			ask := task(t, asked{Deed: "begin and " + deed}, nil)
			go func() {
				_, err := New(Config{Scratch: t.TempDir()}).Run(ctx, ask, out)
				ended <- err
			}()
			<-out.begun
			began := time.Now()
			cancel()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
			if took := time.Since(began); took > time.Second {
				t.Errorf("it took %v", took)
			}
		})
		t.Run("wall "+deed, func(t *testing.T) {
			t.Parallel()
			ask := task(t, asked{Deed: deed}, nil)
			ask.Wall = 300 * time.Millisecond
			_, err := New(Config{Scratch: t.TempDir()}).Run(t.Context(), ask, &kept{})
			if crash := asCrash(err); crash == nil || crash.What != CrashWall || !strings.Contains(crash.Reason, "300ms") {
				t.Errorf("%v", err)
			}
		})
	}
}

// heldOutputs tells when the child has begun.
type heldOutputs struct {
	kept
	begun chan struct{}
}

func (h *heldOutputs) Progress(string, float64) { close(h.begun) }

// A film whose reader fails is not a bad film; one whose reader hangs does not
// hold up who cancels.
func TestFilmReader(t *testing.T) {
	t.Parallel()
	ask := task(t, asked{Deed: "hash"}, nil)
	ask.Film, ask.Size = failing{}, 100
	_, err := New(Config{Scratch: t.TempDir()}).Run(t.Context(), ask, &kept{})
	if vig.CodeOf(err) != vig.CodeInternal || !errors.Is(err, errBucket) {
		t.Errorf("%v", err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	hanging := hanging{asked: make(chan struct{}), leave: make(chan struct{})}
	defer close(hanging.leave)
	ask.Film = hanging
	go func() {
		<-hanging.asked
		cancel()
	}()
	if _, err := New(Config{Scratch: t.TempDir()}).Run(ctx, ask, &kept{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

var errBucket = errors.New("the bucket is gone")

type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, errBucket }

type hanging struct{ asked, leave chan struct{} }

func (h hanging) ReadAt([]byte, int64) (int, error) {
	close(h.asked)
	<-h.leave
	return 0, io.EOF
}

// Where the results cannot be stored, the child is stopped, and the error is
// that of the store.
func TestOutputsFail(t *testing.T) {
	t.Parallel()
	_, err := New(Config{Scratch: t.TempDir()}).Run(t.Context(), task(t, asked{Deed: "files"}, nil), fullOutputs{})
	if vig.CodeOf(err) != vig.CodeInternal || !errors.Is(err, errFull) {
		t.Errorf("%v", err)
	}
}

var errFull = errors.New("the disk is full")

type fullOutputs struct{}

func (fullOutputs) Create(string) (io.WriteCloser, error) { return fullFile{}, nil }
func (fullOutputs) Progress(string, float64)              {}

type fullFile struct{}

func (fullFile) Write([]byte) (int, error) { return 0, errFull }
func (fullFile) Close() error              { return nil }

// A child that does not end after its answer is ended.
func TestChildThatStays(t *testing.T) {
	t.Parallel()
	_, _, err := do(t, Config{}, asked{Deed: "hang after"}, nil)
	if crash := asCrash(err); crash == nil || crash.What != CrashAnswer {
		t.Errorf("%v", err)
	}
}

// A child does not outlive a parent that is killed, and its folder is swept by
// the next.
func TestParentKilled(t *testing.T) {
	t.Parallel()
	scratch := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "parent")
	cmd.Env = append(os.Environ(), "SCRATCH="+scratch)
	said, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(said).ReadString('\n'); err != nil || line != "begun\n" {
		t.Fatalf("%q, %v", line, err)
	}
	children := childrenOf(t, cmd.Process.Pid)
	if len(children) != 1 {
		t.Fatalf("children: %v", children)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	deadline := time.After(patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for unix.Kill(children[0], 0) == nil && !zombie(children[0]) {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("the child lives on")
		}
	}
	if left, err := os.ReadDir(scratch); err != nil || len(left) != 1 {
		t.Fatalf("left: %v, %v", left, err)
	}
	age(t, scratch)
	args, err := json.Marshal(asked{Deed: "files"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(Config{Scratch: scratch}).Run(t.Context(), Task{Kind: Analyze, Args: args, Film: bytes.NewReader(nil)}, &kept{}); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(scratch); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// age makes all in dir older than what is spared because it may be new.
func age(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	before := time.Now().Add(-2 * sweepAfter)
	for _, entry := range entries {
		if err := os.Chtimes(filepath.Join(dir, entry.Name()), before, before); err != nil {
			t.Fatal(err)
		}
	}
}

// childrenOf returns the numbers of the process's children.
func childrenOf(t *testing.T, pid int) (children []int) {
	t.Helper()
	lists, err := filepath.Glob(filepath.Join("/proc", strconv.Itoa(pid), "task", "*", "children"))
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			continue
		}
		for _, field := range strings.Fields(string(text)) {
			n, err := strconv.Atoi(field)
			if err != nil {
				t.Fatal(err)
			}
			children = append(children, n)
		}
	}
	return children
}

// zombie reports whether the process has ended and waits to be collected.
func zombie(pid int) bool {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	return err != nil || bytes.Contains(text, []byte(") Z "))
}

// Two runners of one scratch folder do not sweep each other's children away.
func TestSweepSparesOthers(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	used, err := newScratch(parent)
	if err != nil {
		t.Fatal(err)
	}
	defer used.remove()
	left := filepath.Join(parent, "attune-media-1")
	if err := os.Mkdir(left, 0o700); err != nil {
		t.Fatal(err)
	}
	age(t, parent)
	fresh := filepath.Join(parent, "attune-media-2")
	if err := os.Mkdir(fresh, 0o700); err != nil {
		t.Fatal(err)
	}
	sweepScratch(parent)
	if _, err := os.Stat(fresh); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(used.dir); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("left: %v", err)
	}
}

// Somebody who starts the hidden command gets a sentence.
func TestStartedByHand(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "media", "analyze")
	said, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != exitAlone || !strings.Contains(string(said), "by attune itself") {
		t.Errorf("%v: %s", err, said)
	}
}
