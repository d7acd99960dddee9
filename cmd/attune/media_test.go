package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"attune/internal/report"
	"attune/internal/sandbox"
	"attune/internal/testfilm"
	"attune/internal/testfilm/testfilmtest"
	"attune/internal/titlecard"
	"attune/internal/vig"
	"attune/jobs"
)

// mediaFiles keeps in a folder what a child makes.
type mediaFiles struct {
	dir    string
	stages []string
}

func (m *mediaFiles) Create(name string) (io.WriteCloser, error) {
	path := filepath.Join(m.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	return os.Create(path)
}

func (m *mediaFiles) Progress(stage string, _ float64) {
	if !slices.Contains(m.stages, stage) {
		m.stages = append(m.stages, stage)
	}
}

// confined returns media work in confined children of this test's binary.
func confined(t *testing.T) media {
	t.Helper()
	m, err := newMediaRunner(sandbox.Config{Scratch: t.TempDir()}, "", false)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// opened opens the file at path until the test ends.
func opened(t *testing.T, path string) (*os.File, int64) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	stat, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return f, stat.Size()
}

// An analysis in confinement is the analysis: the same files, the same bytes.
func TestMediaAnalyze(t *testing.T) {
	t.Parallel()
	path, _ := testfilmtest.Cached(t, testfilm.Film{Width: 640, Height: 360, Duration: 20 * time.Second})
	plain, want := analyzed(t, path)
	film, size := opened(t, path)
	out := &mediaFiles{dir: t.TempDir()}
	got, err := confined(t).analyze(t.Context(), film, size, out)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := filesIn(t, plain), filesIn(t, out.dir); !slices.Equal(a, b) {
		t.Errorf("plain made %q, the child %q", a, b)
	}
	for _, name := range filesIn(t, plain) {
		a, errA := os.ReadFile(filepath.Join(plain, name))
		b, errB := os.ReadFile(filepath.Join(out.dir, name))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s of the child is not that of attune analyze: %d and %d bytes, %v, %v", name, len(a), len(b), errA, errB)
		}
	}
	if len(got.Moments) != len(want.Moments) || len(got.Moments) == 0 || got.SHA256 != want.Film.SHA256 ||
		got.Reel == nil || len(got.Reel.Spans) != len(want.DraftReel) || !got.Playable || got.Duration != 20 {
		t.Errorf("the result is %+v", got)
	}
	if !slices.Contains(out.stages, "Looking and listening") {
		t.Errorf("stages: %q", out.stages)
	}
}

// filesIn returns the names of the files in dir and below, sorted.
func filesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			var name string
			name, err = filepath.Rel(dir, path)
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestMediaProbe(t *testing.T) {
	t.Parallel()
	path, _ := testfilmtest.Cached(t, testfilm.Film{Width: 640, Height: 360, Duration: 10 * time.Second, Rotation: 90})
	film, size := opened(t, path)
	got, err := confined(t).probe(t.Context(), film, size)
	if err != nil || got.Info.Duration.Round(100*time.Millisecond) != 10*time.Second || got.Info.Rotation != 90 || got.Info.VideoCodec != "h264" || !got.Playable {
		t.Errorf("%+v, %v", got, err)
	}
	letter := bytes.Repeat([]byte("Dear film, "), 1000)
	if _, err := confined(t).probe(t.Context(), bytes.NewReader(letter), int64(len(letter))); vig.CodeOf(err) != vig.CodeInvalid {
		t.Errorf("a letter: %v", err)
	}
	flash := []byte("FLV\x01\x05\x00\x00\x00\x09")
	if _, err := confined(t).probe(t.Context(), bytes.NewReader(flash), int64(len(flash))); vig.CodeOf(err) != vig.CodeUnsupported {
		t.Errorf("flash: %v", err)
	}
}

func TestMediaReel(t *testing.T) {
	t.Parallel()
	path, _ := testfilmtest.Cached(t, testfilm.Film{Width: 640, Height: 360, Duration: 20 * time.Second})
	film, size := opened(t, path)
	out := &mediaFiles{dir: t.TempDir()}
	spans := []vig.Span{{Start: 12 * time.Second, End: 25 * time.Second}, {Start: time.Second, End: 3500 * time.Millisecond}}
	got, err := confined(t).reel(t.Context(), film, size, reelArgsOf(jobs.Cut{Spans: spans}), out)
	if err != nil || time.Duration(got.Duration) != 10500*time.Millisecond {
		t.Errorf("%+v, %v", got, err)
	}
	if d := probed(t, filepath.Join(out.dir, reelFile)).Duration; (d - 10500*time.Millisecond).Abs() > 40*time.Millisecond {
		t.Errorf("the reel lasts %v", d)
	}
	if _, err := confined(t).reel(t.Context(), film, size, reelArgsOf(jobs.Cut{Spans: []vig.Span{{Start: time.Hour, End: 2 * time.Hour}}}), out); vig.CodeOf(err) != vig.CodeInvalid {
		t.Errorf("a reel of nothing: %v", err)
	}
	// The card is drawn where there are no files, so by a font of the program's own.
	card := vig.TitleCard{Text: "Playing together", Length: titlecard.Length}
	if _, err := confined(t).reel(t.Context(), film, size, reelArgsOf(jobs.Cut{Spans: spans, Card: card}), out); err != nil {
		t.Fatal(err)
	}
	if d := probed(t, filepath.Join(out.dir, reelFile)).Duration; (d - titlecard.Length - 10500*time.Millisecond).Abs() > 40*time.Millisecond {
		t.Errorf("with a card the reel lasts %v", d)
	}
}

// What a child renders for a reel that is confirmed holds exactly the frames of
// its spans, behind the card, in the film's own size.
func TestMediaReelHoldsItsSpans(t *testing.T) {
	t.Parallel()
	for name, film := range map[string]testfilm.Film{
		"even":   {Width: 640, Height: 360, Duration: 8 * time.Second, FPS: 30, Numbered: true},
		"uneven": {Width: 360, Height: 640, Duration: 8 * time.Second, Numbered: true, Timing: testfilm.Swing},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, _ := testfilmtest.Cached(t, film)
			source := framesOf(t, path, film.Width, film.Height)
			at := func(n int) time.Duration {
				return time.Duration((source[n].at - source[0].at) * float64(time.Second)).Round(time.Microsecond)
			}
			// From a frame to the end of another: as a guider trims them, in another order.
			chosen := [][2]int{{100, 151}, {7, 8}, {31, 60}}
			cut := jobs.Cut{Card: vig.TitleCard{Text: "Playing together", Length: titlecard.Length}}
			var want []int
			length := cut.Card.Length
			for _, c := range chosen {
				// A container's times are rounded, so a span begins a little before its frame.
				span := vig.Span{Start: at(c[0]) - 100*time.Microsecond, End: at(c[1]) - 100*time.Microsecond}
				cut.Spans = append(cut.Spans, span)
				length += span.Length()
				for n := c[0]; n < c[1]; n++ {
					want = append(want, n)
				}
			}
			bytes, size := opened(t, path)
			out := &mediaFiles{dir: t.TempDir()}
			if _, err := confined(t).reel(t.Context(), bytes, size, reelArgsOf(cut), out); err != nil {
				t.Fatal(err)
			}
			var got []int
			cards := 0
			for _, f := range framesOf(t, filepath.Join(out.dir, reelFile), film.Width, film.Height) {
				switch {
				case f.number >= 0:
					got = append(got, f.number)
				case len(got) > 0:
					t.Fatalf("at %v is a picture of no frame of the film", f.at)
				default:
					cards++
				}
				if card := f.at < titlecard.Length.Seconds()-1e-3; card != (f.number < 0) {
					t.Errorf("at %v is frame %d of the film", f.at, f.number)
				}
			}
			if cards < 50 || !slices.Equal(got, want) {
				t.Errorf("%d pictures of the card, then the frames %v, want %v", cards, got, want)
			}
			if d := probed(t, filepath.Join(out.dir, reelFile)).Duration; (d - length).Abs() > 2*time.Millisecond {
				t.Errorf("the reel lasts %v, want %v", d, length)
			}
		})
	}
}

// numberedFrame is a frame of a film whose pictures carry their number.
type numberedFrame struct {
	number int     // -1 is none
	at     float64 // seconds
}

// framesOf returns the frames of a film of that size as ffmpeg and ffprobe see
// them.
func framesOf(t *testing.T, path string, width, height int) []numberedFrame {
	t.Helper()
	raw, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-i", path, "-map", "0:v", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", "-").Output()
	if err != nil {
		t.Fatalf("ffmpeg: %v", err)
	}
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "frame=pts_time", "-of", "csv=p=0", path).Output()
	if err != nil {
		t.Fatalf("ffprobe: %v", err)
	}
	times := strings.Fields(string(out))
	size := width * height
	if len(raw) != len(times)*size {
		t.Fatalf("%d bytes are not %d frames of %d×%d", len(raw), len(times), width, height)
	}
	var frames []numberedFrame
	for i, text := range times {
		f := numberedFrame{number: -1}
		if f.at, err = strconv.ParseFloat(strings.Trim(text, ","), 64); err != nil {
			t.Fatal(err)
		}
		if n, ok := testfilm.ReadNumber(raw[i*size:(i+1)*size], width, height); ok {
			f.number = n
		}
		frames = append(frames, f)
	}
	return frames
}

func TestMediaViewingCopy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		film   testfilm.Film
		copied bool
	}{
		{testfilm.Film{Container: testfilm.MKV}, true},
		{testfilm.Film{Codec: testfilm.HEVC}, false},
	} {
		test.film.Width, test.film.Height, test.film.Duration = 640, 360, 10*time.Second
		path, _ := testfilmtest.Cached(t, test.film)
		film, size := opened(t, path)
		out := &mediaFiles{dir: t.TempDir()}
		m := confined(t)
		if before, err := m.probe(t.Context(), film, size); err != nil || before.Playable {
			t.Errorf("%s plays already: %v", path, err)
		}
		got, err := m.viewingCopy(t.Context(), film, size, out)
		if err != nil || got.Copied != test.copied {
			t.Fatalf("%s: %+v, %v", path, got, err)
		}
		watched, size := opened(t, filepath.Join(out.dir, viewingFile))
		after, err := m.probe(t.Context(), watched, size)
		if err != nil || !after.Playable || after.Info.AudioCodec != "aac" || (after.Info.Duration-10*time.Second).Abs() > 50*time.Millisecond {
			t.Errorf("the copy: %+v, %v", after, err)
		}
	}
}

// A page of a child's own making is not let through.
func TestForeignPage(t *testing.T) {
	t.Parallel()
	head, err := report.PageHead()
	if err != nil || !bytes.Contains(head, []byte("script-src 'sha256-")) {
		t.Fatalf("%s, %v", head, err)
	}
	for _, test := range []struct {
		pieces []string
		good   bool
	}{
		{[]string{string(head), "<title>"}, true},
		{[]string{string(head[:100]), string(head[100:]) + "<title>"}, true},
		{[]string{"<script>alert(1)</script>"}, false},
		{[]string{string(head[:100]), "<script>alert(1)</script>"}, false},
		{[]string{string(head[:100])}, false},
		{nil, false},
	} {
		file, err := pageOutputs{&mediaFiles{dir: t.TempDir()}, head}.Create(report.PageFile)
		if err != nil {
			t.Fatal(err)
		}
		for _, piece := range test.pieces {
			if err == nil {
				_, err = file.Write([]byte(piece))
			}
		}
		if closed := file.Close(); err == nil {
			err = closed
		}
		if crash, ok := errors.AsType[*sandbox.Crash](err); ok == test.good || ok && crash.What != sandbox.CrashAnswer {
			t.Errorf("%q: %v", test.pieces, err)
		}
	}
}
