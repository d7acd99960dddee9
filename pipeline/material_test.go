package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"attune/internal/vig"
)

// The films of these tests are made by the ffmpeg program, which is also the
// witness for what they hold: none of the code under test has part in either.

// ffmpeg runs the program with args, and with stdin if not nil.
func ffmpeg(t testing.TB, stdin []byte, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffmpeg", append([]string{"-v", "error", "-nostdin", "-y"}, args...)...)
	if stdin != nil {
		cmd = exec.CommandContext(t.Context(), "ffmpeg", append([]string{"-v", "error", "-y"}, args...)...)
		cmd.Stdin = bytes.NewReader(stdin)
	}
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		t.Fatalf("ffmpeg %s: %v\n%s", strings.Join(args, " "), err, &complaint)
	}
	return out.Bytes()
}

// greyLevel is the luma of the n-th frame of a grey film. Neighbours differ by
// far more than coding does, and a level comes back after 40 frames only.
func greyLevel(n int) byte { return byte(20 + n%40*5) }

// greyFrame says which of the 40 levels the picture is.
func greyFrame(p vig.Picture) int {
	sum := 0
	for _, v := range p.BGR {
		sum += int(v)
	}
	// Television's 16–235 have become 0–255.
	luma := float64(sum)/float64(len(p.BGR))*219/255 + 16
	return int((luma-20)/5 + 0.5)
}

// greyFilm makes a film of frames frames whose n-th is flat in greyLevel(n).
func greyFilm(t testing.TB, frames int, name string, args ...string) string {
	t.Helper()
	const w, h = 64, 48
	raw := make([]byte, 0, frames*w*h*3/2)
	for n := range frames {
		raw = append(raw, bytes.Repeat([]byte{greyLevel(n)}, w*h)...)
		raw = append(raw, bytes.Repeat([]byte{128}, w*h/2)...)
	}
	path := filepath.Join(t.TempDir(), name)
	all := append([]string{"-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "64x48", "-r", "30", "-i", "pipe:"}, args...)
	ffmpeg(t, raw, append(all, path)...)
	return path
}

// madeFilm makes a film from args.
func madeFilm(t testing.TB, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	ffmpeg(t, nil, append(args, path)...)
	return path
}

// probeTimes returns the times of the film's frames from the first, as ffprobe
// has them, without those that an edit list leaves out.
func probeTimes(t testing.TB, path string) []time.Duration {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-select_streams", "v:0",
		"-show_entries", "packet=pts,flags:stream=time_base", "-of", "json", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var probe struct {
		Packets []struct {
			PTS   *int64
			Flags string
		}
		Streams []struct {
			TimeBase string `json:"time_base"`
		}
	}
	if err := json.Unmarshal(out, &probe); err != nil {
		t.Fatal(err)
	}
	num, den, _ := strings.Cut(probe.Streams[0].TimeBase, "/")
	n, _ := strconv.ParseFloat(num, 64)
	d, _ := strconv.ParseFloat(den, 64)
	var shown []int64
	for _, p := range probe.Packets {
		if p.PTS == nil {
			t.Fatalf("%s has frames without a time", path)
		}
		if !strings.Contains(p.Flags, "D") { // discarded
			shown = append(shown, *p.PTS)
		}
	}
	slices.Sort(shown)
	var times []time.Duration
	for _, pts := range shown {
		times = append(times, time.Duration(float64(pts-shown[0])*n/d*float64(time.Second)))
	}
	return times
}

// openFile opens the film at path; it is closed when the test ends.
func openFile(t testing.TB, path string, cfg Config) (*Film, error) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	stat, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	film, err := Open(t.Context(), file, stat.Size(), cfg)
	if err == nil {
		t.Cleanup(film.Close)
	}
	return film, err
}

// openBytes opens the film b, as openFile.
func openBytes(t testing.TB, b []byte, cfg Config) (*Film, error) {
	t.Helper()
	film, err := Open(t.Context(), bytes.NewReader(b), int64(len(b)), cfg)
	if err == nil {
		t.Cleanup(film.Close)
	}
	return film, err
}

func mustOpen(t testing.TB, path string, cfg Config) *Film {
	t.Helper()
	film, err := openFile(t, path, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return film
}

// samples returns all samples of the film, with pictures of their own.
func samples(t testing.TB, film *Film, cfg FramesConfig) []vig.Sample {
	t.Helper()
	var all []vig.Sample
	for s, err := range film.Frames(t.Context(), cfg) {
		if err != nil {
			t.Fatal(err)
		}
		s.Picture.BGR = bytes.Clone(s.Picture.BGR)
		all = append(all, s)
	}
	return all
}

// pcm returns the film's whole sound.
func pcm(t testing.TB, film *Film) []float32 {
	t.Helper()
	var all []float32
	for s, err := range film.Sound(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if want := time.Duration(len(all)) * time.Second / SoundRate; s.Time != want {
			t.Fatalf("block at %v, want %v: a gap or an overlap", s.Time, want)
		}
		all = append(all, s.PCM...)
	}
	return all
}

// drain reads the whole film, picture and sound, and returns the number of
// samples and the first error.
func drain(ctx context.Context, film *Film) (n int, err error) {
	for _, err := range film.Frames(ctx, FramesConfig{}) {
		if err != nil {
			return n, err
		}
		n++
	}
	for _, err := range film.Sound(ctx) {
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// sharedMedia returns a folder of the shared films, or skips the test.
func sharedMedia(t testing.TB, folder string) string {
	t.Helper()
	root := os.Getenv("ATTUNE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
	}
	dir := filepath.Join(root, "media", folder)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no shared films: %v", err)
	}
	return dir
}

// near reports whether a and b differ by at most tolerance.
func near(a, b, tolerance time.Duration) bool {
	return a-b <= tolerance && b-a <= tolerance
}
