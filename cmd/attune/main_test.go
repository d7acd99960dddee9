package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"attune/internal/accuracy"
	"attune/internal/report"
	"attune/internal/testfilm"
	"attune/internal/testfilm/testfilmtest"
	"attune/internal/vig"
)

// asProgram in the environment makes the test binary be the program itself,
// for tests that need a process to stop.
const asProgram = "ATTUNE_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" || len(os.Args) == 3 && os.Args[1] == "media" {
		main()
		return
	}
	// The tests run where the program's folder is, the models lie beside the
	// project's top.
	if os.Getenv("ATTUNE_SHARED") == "" {
		os.Setenv("ATTUNE_SHARED", filepath.Join("..", "..", "..", "shared"))
	}
	code := m.Run()
	if err := goleak.Find(goleak.IgnoreTopFunction("os/signal.loop"), goleak.IgnoreTopFunction("os/signal.signal_recv")); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// said is what one call answered.
type said struct {
	code           int
	stdout, stderr string
}

// attune runs the program in this process.
func attune(args ...string) said {
	var stdout, stderr bytes.Buffer
	code := run(args, &stdout, &stderr)
	return said{code, stdout.String(), stderr.String()}
}

// small is the sample session at a size that is quick to look at.
var small = testfilm.Film{Width: 640, Height: 360, Numbered: true}

// analyzed runs attune analyze and returns the folder and what was found.
func analyzed(t *testing.T, film string, flags ...string) (string, report.Analysis) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "result")
	got := attune(append([]string{"analyze", film, "-o", dir}, flags...)...)
	if got.code != exitOK {
		t.Fatalf("analyze %s: exit code %d: %s", film, got.code, got.stderr)
	}
	return dir, findings(t, dir)
}

func findings(t *testing.T, dir string) report.Analysis {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, report.AnalysisFile))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	a, err := report.ReadAnalysis(file)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// understood returns how each sample was understood.
func understood(t *testing.T, dir string) []vig.Scene {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, report.ObservationsFile))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	_, scenes, err := report.ReadObservations(file)
	if err != nil {
		t.Fatal(err)
	}
	return scenes
}

// The main job: a film goes in; moments, reel, stills and report come out.
func TestAnalyze(t *testing.T) {
	t.Parallel()
	film, truth := testfilmtest.Cached(t, small)
	for _, mode := range []struct {
		name   string
		flags  []string
		mutual float64 // least F1 of mutual facing
	}{
		{"cascade", []string{"--cascades"}, 0.75},
		{"yunet", nil, 0.9},
	} {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			if mode.name == "yunet" && chosen(t).reduced() {
				t.Skip("needs the face model: see 'attune models fetch'")
			}
			dir, a := analyzed(t, film, mode.flags...)
			var suggested []vig.Span
			for _, m := range a.Moments {
				suggested = append(suggested, m.Span)
			}
			if n := accuracy.ChainsFound(truth.Chains, suggested); n != len(truth.Chains) {
				t.Errorf("the suggestions show %d of %d scripted chains", n, len(truth.Chains))
			}
			if f1 := accuracy.MutualFacing(truth, understood(t, dir)).F1(); f1 < mode.mutual {
				t.Errorf("F1 of mutual facing is %.3f, want at least %.2f", f1, mode.mutual)
			}
			if a.Settings.Detector != mode.name {
				t.Errorf("the findings name the detector %q, want %q", a.Settings.Detector, mode.name)
			}
			if len(a.DraftReel) == 0 {
				t.Fatalf("no reel was suggested for a film with %d scripted chains", len(truth.Chains))
			}
			var clips time.Duration
			for _, m := range a.Moments {
				if _, err := os.Stat(filepath.Join(dir, stillsDir, m.ID+".jpg")); err != nil {
					t.Error(err)
				}
				for _, id := range a.DraftReel {
					if id == m.ID {
						clips += m.Span.Length()
					}
				}
			}
			reel := filepath.Join(dir, reelFile)
			if d := probed(t, reel).Duration; (d - clips).Abs() > 40*time.Millisecond {
				t.Errorf("the reel lasts %v and its clips %v, more than a frame apart", d, clips)
			}
			page, err := os.ReadFile(filepath.Join(dir, report.PageFile))
			if err != nil {
				t.Fatal(err)
			}
			if reduced := strings.Contains(string(page), "Reduced mode"); reduced != (mode.name == "cascade") {
				t.Errorf("the report says that the mode is reduced: %v", reduced)
			}
			left, err := filepath.Glob(filepath.Join(dir, ".*"))
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %q, %v", left, err)
			}
		})
	}
}

// chosen returns the detector that is taken by default on this machine.
func chosen(t *testing.T) detector {
	t.Helper()
	d, err := chooseDetector("", false)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// shared returns the folder of films and models beside the project.
func shared() string { return os.Getenv("ATTUNE_SHARED") }

func sharedModels() string { return filepath.Join(shared(), "models") }

// facts is what ffprobe says of a film.
type facts struct {
	Duration      time.Duration
	Width, Height int
	Audio         bool
}

func probed(t *testing.T, film string) facts {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-of", "json",
		"-show_entries", "format=duration:stream=codec_type,width,height", film).Output()
	if err != nil {
		t.Fatalf("ffprobe %s: %v", film, err)
	}
	var said struct {
		Format  struct{ Duration string }
		Streams []struct {
			CodecType     string `json:"codec_type"`
			Width, Height int
		}
	}
	if err := json.Unmarshal(out, &said); err != nil {
		t.Fatal(err)
	}
	seconds, err := strconv.ParseFloat(said.Format.Duration, 64)
	if err != nil {
		t.Fatal(err)
	}
	f := facts{Duration: time.Duration(seconds * float64(time.Second))}
	for _, s := range said.Streams {
		if s.CodecType == "audio" {
			f.Audio = true
		} else {
			f.Width, f.Height = s.Width, s.Height
		}
	}
	return f
}

// Finding nothing is an answer: a report and no reel, of nobody, of one person,
// and of two who never turn to each other.
func TestAnalyzeFindsNothing(t *testing.T) {
	t.Parallel()
	small := func(s *testfilm.Script) testfilm.Film {
		return testfilm.Film{Width: 480, Height: 270, FPS: 12, Duration: 20 * time.Second, Script: s}
	}
	for name, film := range map[string]testfilm.Film{
		"nobody":     nobody,
		"one person": small(testfilm.Alone(1, 20*time.Second)),
		"never turn": small(testfilm.NeverTurn(1, 20*time.Second)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, _ := testfilmtest.Cached(t, film)
			dir := filepath.Join(t.TempDir(), "result")
			got := attune("analyze", path, "-o", dir, "--cascades")
			if got.code != exitOK || !strings.Contains(got.stdout, "No moment is suggested") {
				t.Errorf("exit code %d, said %q", got.code, got.stdout)
			}
			if _, err := os.Stat(filepath.Join(dir, reelFile)); !os.IsNotExist(err) {
				t.Errorf("there is a reel of nothing: %v", err)
			}
			if a := findings(t, dir); len(a.Moments) != 0 || len(a.Notes) == 0 {
				t.Errorf("moments %v, notes %q; want none, and some", a.Moments, a.Notes)
			}
		})
	}
}

// nobody is a film that is quickly looked at, and in which nothing is found.
var nobody = testfilm.Film{Width: 640, Height: 360, Duration: 10 * time.Second, Script: testfilm.Nobody()}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A second analysis into the same folder replaces the first, and leaves what
// is not ours.
func TestAnalyzeAgain(t *testing.T) {
	t.Parallel()
	film, _ := testfilmtest.Cached(t, nobody)
	dir, _ := analyzed(t, film, "--cascades")
	ours := []string{filepath.Join(dir, reelFile), filepath.Join(dir, stillsDir, "m7.jpg"), filepath.Join(dir, ".attune-1234", reelFile)}
	others := []string{filepath.Join(dir, "notes.txt"), filepath.Join(dir, stillsDir, "aunt.jpg")}
	for _, path := range append(ours, others...) {
		write(t, path, "of an earlier film")
	}
	if got := attune("analyze", film, "-o", dir, "--cascades"); got.code != exitOK {
		t.Fatal(got.stderr)
	}
	for _, path := range ours {
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("%s of the earlier film is still there: %v", path, err)
		}
	}
	for _, path := range others {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	findings(t, dir)
	stat, err := os.Stat(filepath.Join(dir, report.PageFile))
	if err != nil || stat.Mode().Perm() != fileMode {
		t.Errorf("the report can be read by others: %v, %v", stat.Mode(), err)
	}
}

// Nothing of anybody else is replaced: not the film, nor a file that happens to
// be called as ours.
func TestAnalyzeSparesOthers(t *testing.T) {
	t.Parallel()
	source, _ := testfilmtest.Cached(t, nobody)
	bytes, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	dir, _ := analyzed(t, source, "--cascades")
	inside := filepath.Join(dir, reelFile) // a film of ours in a folder of results
	write(t, inside, string(bytes))
	foreign := t.TempDir()
	write(t, filepath.Join(foreign, stillsDir, "aunt.jpg"), "mine")
	below := filepath.Join(t.TempDir(), "a")
	empty := filepath.Join(t.TempDir(), "empty.mp4")
	write(t, empty, "")
	for _, test := range []struct {
		film, out, says string
	}{
		{inside, dir, "the film itself"},
		{source, foreign, "not of an earlier analysis"},
		{source, inside, "is a file"},
		{empty, filepath.Join(below, "b"), "empty"},
	} {
		got := attune("analyze", test.film, "-o", test.out, "--cascades")
		if got.code == exitOK || !strings.Contains(got.stderr, test.says) {
			t.Errorf("%s into %s: exit code %d, said %q, want %q in it", test.film, test.out, got.code, got.stderr, test.says)
		}
	}
	if after, err := os.ReadFile(inside); err != nil || len(after) != len(bytes) {
		t.Errorf("the film has %d bytes after, %v; want %d", len(after), err, len(bytes))
	}
	if _, err := os.Stat(filepath.Join(foreign, stillsDir, "aunt.jpg")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(below); !os.IsNotExist(err) {
		t.Errorf("folders were made for nothing: %v", err)
	}
}

// Same film, same settings: the same bytes, in ten runs.
func TestAnalyzeIsDeterministic(t *testing.T) {
	t.Parallel()
	const runs = 10
	film, _ := testfilmtest.Cached(t, testfilm.Film{Width: 480, Height: 270, Duration: 15 * time.Second})
	var first []byte
	for range runs {
		dir, _ := analyzed(t, film, "--cascades", "--no-reel")
		b, err := os.ReadFile(filepath.Join(dir, report.AnalysisFile))
		if err != nil {
			t.Fatal(err)
		}
		if first != nil && !bytes.Equal(first, b) {
			t.Errorf("two runs on one film differ:\n%s\n%s", first, b)
		}
		first = b
	}
	if !bytes.Contains(first, []byte("evidence")) {
		t.Errorf("nothing was found that could differ: %s", first)
	}
}

// What was measured on a film can be analysed again without it, and gives the
// same; compare says so.
func TestAnalyzeFromObservations(t *testing.T) {
	t.Parallel()
	film, _ := testfilmtest.Cached(t, testfilm.Film{Width: 640, Height: 360, Duration: 20 * time.Second})
	dir, before := analyzed(t, film, "--cascades", "--no-reel", "--overlay")
	if got := probed(t, filepath.Join(dir, overlayFile)); (got.Duration-20*time.Second).Abs() > 40*time.Millisecond || !got.Audio {
		t.Errorf("the overlay lasts %v, has sound: %v; want 20s, true", got.Duration, got.Audio)
	}
	again := filepath.Join(t.TempDir(), "again")
	if got := attune("analyze", "--from", filepath.Join(dir, report.ObservationsFile), "-o", again); got.code != exitOK {
		t.Fatal(got.stderr)
	}
	index, err := readFrames(dir)
	if err != nil || index.Frames() != 20*25 || len(index.Runs) != 1 || index.Start != 0 {
		t.Errorf("the frames are %+v, %v; want 500 in one run", index, err)
	}
	for _, name := range []string{report.AnalysisFile, report.ObservationsFile, report.SignalsFile, report.FramesFile} {
		a, errA := os.ReadFile(filepath.Join(dir, name))
		b, errB := os.ReadFile(filepath.Join(again, name))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s from the observations is not that from the film: %v, %v", name, errA, errB)
		}
	}
	if got := attune("compare", dir, again); got.code != exitOK || !strings.Contains(got.stdout, "The same suggestions.") {
		t.Errorf("compare of the same: exit code %d, %q", got.code, got.stdout)
	}

	other := before
	other.Moments = nil
	var changed bytes.Buffer
	if err := report.WriteAnalysis(&changed, other); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(again, report.AnalysisFile), changed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := attune("compare", dir, again); len(before.Moments) == 0 || got.code != exitFailed || !strings.Contains(got.stdout, "only in A") {
		t.Errorf("compare with nothing: exit code %d, %q", got.code, got.stdout)
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	made := func(name, text string) string {
		path := filepath.Join(dir, name)
		write(t, path, text)
		return path
	}
	empty, letter := made("empty.mp4", ""), made("letter.mp4", strings.Repeat("Dear film, ", 1000))
	flash := made("old.flv", "FLV\x01\x05\x00\x00\x00\x09")
	pipe := filepath.Join(dir, "pipe.mp4")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	made("result/"+report.AnalysisFile, `{"format":"attune.analysis/1"}`)
	observations := made("result/"+report.ObservationsFile, "{")
	truncated, _ := testfilmtest.Cached(t, testfilm.Film{Width: 640, Height: 360, Duration: 10 * time.Second, Damage: testfilm.Truncated})
	for _, test := range []struct {
		name string
		args []string
		want int
		says string
	}{
		{"help", []string{"--help"}, exitOK, ""},
		{"help of analyze", []string{"analyze", "--help"}, exitOK, ""},
		{"version", []string{"--version"}, exitOK, ""},
		{"no such command", []string{"movie"}, exitUsage, "unknown command"},
		{"no such flag", []string{"analyze", "--reel"}, exitUsage, "unknown flag"},
		{"no film named", []string{"analyze"}, exitUsage, "name one film"},
		{"two films named", []string{"probe", "a", "b"}, exitUsage, "name one film"},
		{"too few samples", []string{"analyze", empty, "--sample-hz", "1"}, exitUsage, "2 to 15"},
		{"observations and a film", []string{"analyze", empty, "--from", empty, "-o", dir}, exitUsage, "no film"},
		{"observations and nowhere to go", []string{"analyze", "--from", empty}, exitUsage, "-o DIR"},
		{"one result to compare", []string{"compare", dir}, exitUsage, "two results"},
		{"fewer than no moments", []string{"analyze", empty, "--most", "-1"}, exitUsage, "1 and more"},
		{"no number of samples", []string{"analyze", empty, "--sample-hz", "NaN"}, exitUsage, "2 to 15"},
		{"no model where it is said to be", []string{"analyze", empty, "--models", dir}, exitUsage, "--models names"},
		{"observations and the folder they are in", []string{"analyze", "--from", observations, "-o", filepath.Dir(observations)}, exitUsage, "name another"},
		{"observations and an overlay", []string{"analyze", "--from", observations, "-o", dir, "--overlay"}, exitUsage, "--overlay"},
		{"broken observations", []string{"analyze", "--from", observations, "-o", filepath.Join(dir, "new")}, exitFailed, "line 1"},
		{"a result that is none", []string{"compare", letter, dir}, exitUsage, "letter"},
		{"a pipe", []string{"analyze", pipe}, exitInvalid, "not a file"},
		{"no such film", []string{"analyze", filepath.Join(dir, "none.mp4")}, exitFailed, "no such file"},
		{"a folder", []string{"analyze", dir}, exitInvalid, "not a file"},
		{"empty", []string{"analyze", empty}, exitInvalid, "empty"},
		{"a letter", []string{"analyze", letter}, exitInvalid, "not a film"},
		{"a letter, probed", []string{"probe", letter}, exitInvalid, "not a film"},
		{"a kind not taken", []string{"analyze", flash}, exitUnsupported, "Flash"},
		{"truncated", []string{"analyze", truncated}, exitInvalid, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := attune(test.args...)
			if got.code != test.want || !strings.Contains(got.stderr, test.says) {
				t.Errorf("exit code %d, want %d; said %q, want %q in it", got.code, test.want, got.stderr, test.says)
			}
			if lines := strings.Count(got.stderr, "\n"); test.want == exitInvalid && lines > 2 {
				t.Errorf("the reason takes %d lines:\n%s", lines, got.stderr)
			}
		})
	}
	if left, err := filepath.Glob("*.attune"); err != nil || len(left) > 0 {
		t.Errorf("refused films left %q, %v", left, err)
	}
}

// Ctrl-C in the middle leaves nothing.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	film, _ := testfilmtest.Cached(t, small)
	parent := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "analyze", film, "-o", filepath.Join(parent, "result"), "--cascades")
	cmd.Env = append(os.Environ(), asProgram+"=1")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// Wait for the stage to be announced, then stop it.
	var text bytes.Buffer
	buf := make([]byte, 256)
	for !strings.Contains(text.String(), "Looking") {
		n, err := stderr.Read(buf)
		if err != nil {
			t.Fatalf("it ended too early: %v: %s", err, text.String())
		}
		text.Write(buf[:n])
	}
	if made, err := os.ReadDir(parent); err != nil || len(made) != 1 {
		t.Fatalf("the folder was not being filled: %v, %v", made, err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for {
		n, err := stderr.Read(buf)
		text.Write(buf[:n])
		if err != nil {
			break
		}
	}
	_ = cmd.Wait() // its exit code is looked at below
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d, want %d: %s", code, exitInterrupted, text.String())
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v to stop", took)
	}
	if left, err := os.ReadDir(parent); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestProbe(t *testing.T) {
	t.Parallel()
	film, _ := testfilmtest.Cached(t, testfilm.Film{Width: 640, Height: 360, Duration: 10 * time.Second, Rotation: 90})
	got := attune("probe", film)
	if got.code != exitOK {
		t.Fatal(got.stderr)
	}
	for _, want := range []string{"640 × 360", "h264", "turned by 90°", "aac", "0:10", "mp4/mov"} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("%q is missing in:\n%s", want, got.stdout)
		}
	}
}

func TestDoctor(t *testing.T) {
	t.Parallel()
	got := attune("doctor")
	if got.code != exitOK {
		t.Fatalf("exit code %d: %s", got.code, got.stdout)
	}
	for _, want := range []string{"mode", "libav", "opencv", "face model", "cascades", "confined: network", "confined: files", "ABI", "redis-server", "data folder", "GiB free"} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("%q is missing in:\n%s", want, got.stdout)
		}
	}
}

func TestStillTime(t *testing.T) {
	t.Parallel()
	at := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	m := vig.Moment{Span: vig.Span{Start: at(10), End: at(20)}}
	if got := stillTime(m); got != at(15) {
		t.Errorf("without evidence: %v, want the middle", got)
	}
	m.Evidence = []vig.Evidence{
		{Cue: vig.CueTurns, Span: vig.Span{Start: at(11), End: at(12)}},
		{Cue: vig.CueMutualFacing, Span: vig.Span{Start: at(17), End: at(23)}},
	}
	if got := stillTime(m); got != at(18.5) {
		t.Errorf("facing each other from 17 s: %v, want 18.5s", got)
	}
}
