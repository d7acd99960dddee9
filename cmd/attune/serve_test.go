package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"attune/internal/remote"
	"attune/internal/report"
	"attune/internal/store"
	"attune/internal/testfilm"
	"attune/internal/testfilm/testfilmtest"
)

// service is 'attune serve' in a process of its own.
type service struct {
	remote.Service
	cmd   *exec.Cmd
	data  string
	wayIn string       // its second line: how to sign in
	log   bytes.Buffer // read it when the process is gone
}

// program is the program with these arguments, in a process of its own.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...) //nolint:noctx // stopped by the test
	cmd.Env = append(os.Environ(), asProgram+"=1", "XDG_CONFIG_HOME="+t.TempDir(), "XDG_CACHE_HOME="+filepath.Join(os.TempDir(), "attune-test-cache"))
	return cmd
}

// served starts a service on a data folder and a free port.
func served(t *testing.T, data string) *service {
	t.Helper()
	return servedAt(t, data, "127.0.0.1:0")
}

// servedAt starts a service on a data folder and an address.
func servedAt(t *testing.T, data, at string) *service {
	t.Helper()
	s := &service{cmd: program(t, "serve", "--data", data, "--addr", at), data: data}
	s.cmd.Stderr = &s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if s.cmd.ProcessState == nil {
			_ = s.cmd.Process.Kill()
			_ = s.cmd.Wait()
		}
		if t.Failed() {
			t.Logf("the service said:\n%s", s.log.String())
		}
	})
	said := bufio.NewReader(out)
	line, err := said.ReadString('\n')
	address, found := strings.CutPrefix(strings.TrimSpace(line), "Attune runs at ")
	if err != nil || !found {
		t.Fatalf("the service said %q: %v", line, err)
	}
	if s.wayIn, err = said.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	s.wayIn = strings.TrimSpace(s.wayIn)
	token, err := os.ReadFile(filepath.Join(data, dataToken))
	if err != nil {
		t.Fatal(err)
	}
	s.Service = remote.Service{Address: address, Token: strings.TrimSpace(string(token))}
	return s
}

// stop tells the service to stop and returns how it ended.
func (s *service) stop(t *testing.T) (code int, took time.Duration) {
	t.Helper()
	began := time.Now()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = s.cmd.Wait() // the code says it
	return s.cmd.ProcessState.ExitCode(), time.Since(began)
}

// reach waits until a film is in a state.
func (s *service) reach(t *testing.T, id, state string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	last := remote.Film{}
	err := s.Watch(ctx, id, func(f remote.Film) bool { last = f; return f.State == state }, func(remote.Progress) {})
	if err != nil {
		t.Fatalf("waited for %s, and the film is %+v: %v", state, last, err)
	}
}

// shortDir is a folder whose path is short enough for a socket in it.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "attune")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// The service as a guider has it: a film is sent, worked on, and its results
// come back; told to stop in the middle of a film, it goes on with it when it is
// started again.
func TestService(t *testing.T) {
	t.Parallel()
	for _, needed := range []string{"redis-server", "ffprobe"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skip("needs ", needed)
		}
	}
	film, _ := testfilmtest.Cached(t, testfilm.Film{Width: 640, Height: 360, Duration: 20 * time.Second})
	longer, _ := testfilmtest.Cached(t, small)
	data := filepath.Join(shortDir(t), "data")
	s := served(t, data)

	result := filepath.Join(t.TempDir(), "result")
	upload := func(args ...string) (stdout string) {
		t.Helper()
		cmd := program(t, append([]string{"upload", "--data", data}, args...)...)
		var said bytes.Buffer
		cmd.Stderr = &said
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("upload %q: %v: %s", args, err, said.String())
		}
		return string(out)
	}
	if cmd := program(t, "upload", film, "--case", "V-17", "--data", data); cmd.Run() == nil {
		t.Error("a film was sent to a case that there is not")
	}
	out := upload(film, "--case", "V-17", "--create-case", "-o", result)
	found := findings(t, result)
	if len(found.Moments) == 0 || len(found.DraftReel) == 0 {
		t.Fatalf("nothing was found: %s", out)
	}
	if d := probed(t, filepath.Join(result, reelFile)).Duration; d < 3*time.Second {
		t.Errorf("the reel lasts %v", d)
	}
	for _, m := range found.Moments {
		still, err := os.ReadFile(filepath.Join(result, stillsDir, m.ID+".jpg"))
		if err != nil || http.DetectContentType(still) != "image/jpeg" {
			t.Errorf("the still of %s is none: %v", m.ID, err)
		}
	}
	for _, name := range []string{report.SignalsFile, report.FramesFile} {
		if stat, err := os.Stat(filepath.Join(result, name)); err != nil || stat.Size() == 0 {
			t.Errorf("there is no %s: %v", name, err)
		}
	}
	_, after, _ := strings.Cut(out, "/api/v1/films/")
	id, _, _ := strings.Cut(after, "\n")
	var moments bytes.Buffer
	if err := s.Fetch(t.Context(), s.FilmAddress(id, "moments"), &moments); err != nil {
		t.Fatal(err)
	}
	var told struct{ Moments []struct{ ID string } }
	if err := json.Unmarshal(moments.Bytes(), &told); err != nil || len(told.Moments) != len(found.Moments) {
		t.Errorf("the service tells of %d moments, and found %d: %v", len(told.Moments), len(found.Moments), err)
	}
	if again := upload(film, "--case", "V-17"); !strings.Contains(again, id) {
		t.Errorf("the same film again is another: %s", again)
	}

	// Stopped in the middle of a film …
	out = upload(longer, "--case", "V-17", "--no-wait")
	_, id, _ = strings.Cut(strings.TrimSpace(out), "/api/v1/films/")
	s.reach(t, id, string(store.FilmAnalysing))
	code, took := s.stop(t)
	if code != exitOK || took > 10*time.Second {
		t.Errorf("told to stop, it ended with %d after %v", code, took)
	}
	if _, err := os.Stat(filepath.Join(data, dataAddress)); err == nil {
		t.Error("it still says where it listens")
	}
	records, err := store.Open(t.Context(), "sqlite:"+filepath.Join(data, dataDatabase))
	if err != nil {
		t.Fatal(err)
	}
	handed, err := records.Film(t.Context(), store.FilmID(id))
	if err != nil || handed.State != store.FilmQueued || handed.Run != 2 {
		t.Errorf("handed back, the film is %s, run %d: %v", handed.State, handed.Run, err)
	}
	if err := records.Close(); err != nil {
		t.Fatal(err)
	}
	// … it goes on.
	s = served(t, data)
	s.reach(t, id, string(store.FilmReady))
	if code, _ := s.stop(t); code != exitOK {
		t.Errorf("told to stop with nothing to do, it ended with %d", code)
	}
}

// A second service on one folder would take the first one's work for lost.
func TestServiceTwice(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("needs redis-server")
	}
	data := filepath.Join(shortDir(t), "data")
	s := served(t, data)
	second := attune("serve", "--data", data, "--addr", "127.0.0.1:0")
	if second.code != exitFailed || !strings.Contains(second.stderr, "in use by another") {
		t.Errorf("exit code %d: %s", second.code, second.stderr)
	}
	// Accounts are made beside it.
	made := attune("account", "add", "anna", "--role", "admin", "--data", data)
	if link := strings.TrimSpace(made.stdout); made.code != exitOK || !strings.HasPrefix(link, s.Address+"/welcome/") {
		t.Fatalf("account add: %s, %s", link, made.stderr)
	}
	made = attune("account", "token", "anna", "--data", data)
	if made.code != exitOK {
		t.Fatalf("account token: %s", made.stderr)
	}
	if list := attune("account", "list", "--data", data); !strings.Contains(list.stdout, "anna") || !strings.Contains(list.stdout, firstAccount) {
		t.Errorf("the accounts are\n%s", list.stdout)
	}
	as := remote.Service{Address: s.Address, Token: strings.TrimSpace(made.stdout)}
	var queues bytes.Buffer
	if err := as.Fetch(t.Context(), s.Address+"/api/v1/queues", &queues); err != nil || !strings.Contains(queues.String(), `"films"`) {
		t.Errorf("the queues: %s, %v", queues.String(), err)
	}
	if got := attune("account", "disable", "anna", "--data", data); got.code != exitOK {
		t.Fatalf("account disable: %s", got.stderr)
	}
	if err := as.Fetch(t.Context(), s.Address+"/api/v1/queues", &queues); err == nil {
		t.Error("a disabled account is answered")
	}
	if code, _ := s.stop(t); code != exitOK {
		t.Errorf("it ended with %d", code)
	}
}

func TestWorkerNeedsAddresses(t *testing.T) {
	t.Parallel()
	got := attune("worker", "--data", filepath.Join(t.TempDir(), "data"))
	if got.code != exitUsage || !strings.Contains(got.stderr, "--redis") {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
}

// A vault in which others' files lie, or of other records, is not touched.
func TestVaultOfOthers(t *testing.T) {
	t.Parallel()
	data := filepath.Join(shortDir(t), "data")
	if err := os.MkdirAll(filepath.Join(data, dataVault), folderMode); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, dataVault, "holiday.jpg"), nil, fileMode); err != nil {
		t.Fatal(err)
	}
	text, err := program(t, "serve", "--data", data, "--addr", "127.0.0.1:0").CombinedOutput()
	if err == nil || !bytes.Contains(text, []byte("put a file named")) {
		t.Errorf("it runs on a vault with others' files: %v: %s", err, text)
	}
	if entries, err := os.ReadDir(filepath.Join(data, dataVault)); err != nil || len(entries) != 1 {
		t.Errorf("in the vault are %v, %v", entries, err)
	}
}
