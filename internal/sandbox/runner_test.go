package sandbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"attune/internal/vig"
)

// kept keeps what a child makes.
type kept struct {
	files  map[string]*keptFile
	stages []string
	shares []float64
}

type keptFile struct {
	bytes.Buffer
	closed, aborted bool
}

func (f *keptFile) Close() error { f.closed = true; return nil }
func (f *keptFile) Abort()       { f.aborted = true }

func (k *kept) Create(name string) (io.WriteCloser, error) {
	if k.files == nil {
		k.files = map[string]*keptFile{}
	}
	k.files[name] = &keptFile{}
	return k.files[name], nil
}

func (k *kept) Progress(stage string, share float64) {
	k.stages, k.shares = append(k.stages, stage), append(k.shares, share)
}

// patience is how long a child may take that is not stopped by anything: the
// machine may be busy.
const patience = 2 * time.Minute

// task returns the task to do a deed on film.
func task(t *testing.T, a asked, film []byte) Task {
	t.Helper()
	args, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return Task{Kind: Analyze, Args: args, Film: bytes.NewReader(film), Size: int64(len(film)), Wall: patience}
}

// do has a child do a deed, and checks that its folder is gone afterwards.
func do(t *testing.T, cfg Config, a asked, film []byte) (json.RawMessage, *kept, error) {
	t.Helper()
	cfg.Scratch = t.TempDir()
	out := &kept{}
	result, err := New(cfg).Run(t.Context(), task(t, a, film), out)
	if left, listed := os.ReadDir(cfg.Scratch); listed != nil || len(left) > 0 {
		t.Errorf("%s left %v, %v", a.Deed, left, listed)
	}
	return result, out, err
}

func TestRun(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, blockSize, 40*blockSize + 17} {
		film := make([]byte, size)
		for i := range film {
			film[i] = byte(i * i >> 7)
		}
		sum := sha256.Sum256(film)
		result, _, err := do(t, Config{}, asked{Deed: "hash"}, film)
		if want := `"` + hex.EncodeToString(sum[:]) + `"`; err != nil || string(result) != want {
			t.Errorf("of %d bytes: %s, %v; want %s", size, result, err, want)
		}
	}
}

func TestRunFiles(t *testing.T) {
	t.Parallel()
	result, out, err := do(t, Config{}, asked{Deed: "files"}, nil)
	if err != nil || string(result) != "[1]" {
		t.Errorf("%s, %v", result, err)
	}
	analysis, reel := out.files["analysis.json"], out.files["reel.mp4"]
	if len(out.files) != 2 || analysis == nil || reel == nil {
		t.Fatalf("made: %v", out.files)
	}
	if analysis.String() != "{}" || !analysis.closed || analysis.aborted {
		t.Errorf("analysis.json: %q, closed %v, aborted %v", analysis, analysis.closed, analysis.aborted)
	}
	if reel.Len() != 4<<20 || !reel.closed {
		t.Errorf("reel.mp4: %d bytes, closed %v", reel.Len(), reel.closed)
	}
	if !slices.Contains(out.stages, "first") || out.shares[0] != 0.25 {
		t.Errorf("progress: %v %v", out.stages, out.shares)
	}
}

// What the child says of the film is passed on, cleaned.
func TestRunReason(t *testing.T) {
	t.Parallel()
	_, _, err := do(t, Config{}, asked{Deed: "invalid"}, nil)
	if vig.CodeOf(err) != vig.CodeInvalid || !strings.HasPrefix(err.Error(), "open film: the film is damaged") || strings.ContainsAny(err.Error(), "\n\x1b") {
		t.Errorf("%v", err)
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	r := New(Config{Scratch: t.TempDir()})
	found := r.Status(t.Context())
	for _, c := range found {
		t.Logf("%s: %v: %s", c.Name, c.InForce, c.Why)
		if !c.InForce {
			t.Errorf("%s is not in force", c.Name)
		}
	}
	if err := Require(found); err != nil {
		t.Error(err)
	}
	if err := Require([]Confinement{{"network", true, ""}, {"files", false, "the kernel is old"}}); err == nil || !strings.Contains(err.Error(), "files (the kernel is old)") {
		t.Errorf("what is missing: %v", err)
	}
}

// The log tells how children end, and nothing of a film.
func TestLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	_, _, _ = do(t, Config{Logger: logger}, asked{Deed: "invalid"}, nil) // only the log counts
	_, _, _ = do(t, Config{Logger: logger}, asked{Deed: "panic"}, nil)
	for _, want := range []string{"kind=analyze", "rss_kib=", "cpu=", "crash=exit", "level=WARN"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is missing in %s", want, &log)
		}
	}
	if strings.Contains(log.String(), "damaged") || strings.Contains(log.String(), "the film") {
		t.Errorf("what the child said is in the log: %s", &log)
	}
}

// What a child may compute follows from how long it may take.
func TestLimitOnComputing(t *testing.T) {
	t.Parallel()
	soon, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, test := range []struct {
		ctx  context.Context
		cfg  Config
		wall time.Duration
		want time.Duration
	}{
		{t.Context(), Config{}, 0, 12 * time.Hour},
		{t.Context(), Config{}, 2 * time.Minute, 4 * time.Minute},
		{soon, Config{}, 0, 2 * time.Minute},
		{soon, Config{}, time.Second, 2 * time.Second},
		{t.Context(), Config{CPU: time.Second}, time.Hour, time.Second},
	} {
		if got := test.cfg.withDefaults().limits(test.ctx, Task{Wall: test.wall}).CPU; got != test.want {
			t.Errorf("of %v: %v, want %v", test.wall, got, test.want)
		}
	}
}

// Children stand back for the service.
func TestChildIsNice(t *testing.T) {
	t.Parallel()
	c, err := startChild("/proc/self/exe", Analyze, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	said, err := unix.Getpriority(unix.PRIO_PROCESS, c.cmd.Process.Pid)
	if nice := 20 - said; err != nil || nice != niceness { // getpriority(2), C library/kernel differences
		t.Errorf("nice is %d, %v", nice, err)
	}
	c.kill(context.Canceled)
	<-c.done
	c.close()
}
