package pipeline

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"attune/internal/vig"
)

func TestInfo(t *testing.T) {
	t.Parallel()
	film := mustOpen(t, madeFilm(t, "f.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2",
		"-f", "lavfi", "-i", "sine=d=2", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"), Config{})
	got := film.Info()
	want := vig.FilmInfo{Duration: 2 * time.Second, Width: 320, Height: 180,
		Container: "mov,mp4,m4a,3gp,3g2,mj2", VideoCodec: "h264", AudioCodec: "aac", FrameRate: 25}
	if got.Duration != want.Duration || got.Width != want.Width || got.Height != want.Height || got.Rotation != 0 ||
		got.Mirrored || got.Container != want.Container || got.VideoCodec != want.VideoCodec ||
		got.AudioCodec != want.AudioCodec || got.FrameRate != want.FrameRate || len(got.Notes) != 0 {
		t.Errorf("info is %+v, want %+v", got, want)
	}
}

// A film is as long as its picture, however its container says so, or does not.
func TestDuration(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, file string
		args       []string
		noted      bool // the container does not say
	}{
		{"MP4", "f.mp4", nil, false},
		{"fragments", "f.mp4", []string{"-movflags", "frag_keyframe+empty_moov", "-g", "10"}, false},
		{"transport stream", "f.ts", nil, false},
		{"Matroska", "f.mkv", nil, false},
		{"Matroska as browsers record it", "f.webm", []string{"-c:v", "libvpx", "-live", "1"}, true},
		{"AVI", "f.avi", nil, false},
		{"longer sound", "f.mp4", []string{"-f", "lavfi", "-i", "sine=d=5", "-c:a", "aac"}, false},
		{"starts at 10 s", "f.mkv", []string{"-output_ts_offset", "10"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			args := []string{"-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=3"}
			if len(test.args) > 0 && test.args[0] == "-f" { // an input comes before the options of the output
				args, test.args = append(args, test.args[:4]...), test.args[4:]
			}
			path := madeFilm(t, test.file, append(args, test.args...)...)
			film := mustOpen(t, path, Config{})
			if d := film.Info().Duration; !near(d, 3*time.Second, 40*time.Millisecond) { // a frame
				t.Errorf("duration is %v, want 3 s", d)
			}
			if noted := len(film.Info().Notes) > 0; noted != test.noted {
				t.Errorf("notes %v", film.Info().Notes)
			}
			if n := len(samples(t, film, FramesConfig{})); n != 18 {
				t.Errorf("%d samples, want 18", n)
			}
		})
	}
}

// What can be read of a film that breaks off is given, and its info says so.
func TestFilmThatBreaksOff(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		file  string
		args  []string
		noted bool // its index says that there is more
	}{
		{"f.mp4", []string{"-movflags", "faststart"}, true},
		{"f.mkv", nil, true},
		{"f.avi", nil, false},
		{"f.ts", nil, false},
	} {
		args := append([]string{"-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=8", "-f", "lavfi", "-i", "sine=d=8",
			"-c:v", "mpeg4", "-c:a", "mp2"}, test.args...)
		whole, err := os.ReadFile(madeFilm(t, test.file, args...))
		if err != nil {
			t.Fatal(err)
		}
		film, err := openBytes(t, whole[:len(whole)/2], Config{})
		if err != nil {
			t.Fatalf("%s: %v", test.file, err)
		}
		got := samples(t, film, FramesConfig{})
		if len(got) < 15 || len(got) > 33 {
			t.Errorf("%s: half of a film of 48 samples gave %d", test.file, len(got))
		}
		info := film.Info()
		if noted := strings.Contains(strings.Join(info.Notes, " "), "breaks off"); noted != test.noted {
			t.Errorf("%s: notes %q", test.file, info.Notes)
		}
		if last := got[len(got)-1].Time; info.Duration < last || info.Duration > last+time.Second {
			t.Errorf("%s: lasts %v, its last sample lies at %v", test.file, info.Duration, last)
		}
		if n := time.Duration(len(pcm(t, film))) * time.Second / SoundRate; n < 2*time.Second || n > 6*time.Second {
			t.Errorf("%s: half of 8 s of sound gave %v", test.file, n)
		}
	}
}

func TestCoverIsNoFilm(t *testing.T) {
	t.Parallel()
	cover := madeFilm(t, "cover.jpg", "-f", "lavfi", "-i", "color=red:s=600x600", "-frames:v", "1")
	song := madeFilm(t, "song.m4a", "-f", "lavfi", "-i", "sine=d=1", "-i", cover,
		"-map", "0", "-map", "1", "-c:a", "aac", "-c:v", "copy", "-disposition:v", "attached_pic")
	if _, err := openFile(t, song, Config{}); vig.CodeOf(err) != vig.CodeUnsupported {
		t.Errorf("a song with a cover: %v, want an error of code unsupported", err)
	}
	film := madeFilm(t, "film.mp4", "-f", "lavfi", "-i", "color=blue:s=64x48:d=1", "-i", cover,
		"-map", "1", "-map", "0", "-c:v:0", "copy", "-c:v:1", "libx264", "-disposition:v:0", "attached_pic")
	if i := mustOpen(t, film, Config{}).Info(); i.Width != 64 || i.VideoCodec != "h264" {
		t.Errorf("a film with a cover before it: %+v", i)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	path := madeFilm(t, "f.mkv", "-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2",
		"-f", "lavfi", "-i", "sine=d=2", "-map", "0", "-map", "1", "-map", "2")
	for _, test := range []struct {
		name string
		cfg  Config
		want vig.Code
	}{
		{"none reached", Config{MaxPixels: 160 * 96, MaxDuration: 2100 * time.Millisecond, MaxStreams: 3}, ""},
		{"pixels", Config{MaxPixels: 160*96 - 1}, vig.CodeUnsupported},
		{"duration", Config{MaxDuration: 1900 * time.Millisecond}, vig.CodeUnsupported},
		{"streams", Config{MaxStreams: 2}, vig.CodeUnsupported},
	} {
		_, err := openFile(t, path, test.cfg)
		if vig.CodeOf(err) != test.want {
			t.Errorf("%s: %v, want code %q", test.name, err, test.want)
		}
	}
}

// A film is refused at once when nobody could be seen in its samples, which
// have at most 640 pixels on their longer side.
func TestTooSmallToLookAt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		size, filter string // of the stored picture
		want         vig.Code
	}{
		{"640x24", "null", vig.CodeUnsupported},
		{"24x640", "null", vig.CodeUnsupported},
		{"1280x62", "null", vig.CodeUnsupported}, // its samples are 31 pixels high
		{"1280x64", "null", ""},
		{"32x32", "null", ""},
		{"64x20", "setsar=1/2", ""}, // shown as 64×40
	} {
		path := madeFilm(t, "f.mp4", "-f", "lavfi", "-i", "color=gray:r=10:d=0.5:s="+test.size, "-vf", test.filter, "-c:v", "libx264")
		film, err := openFile(t, path, Config{})
		if vig.CodeOf(err) != test.want {
			t.Errorf("%s: %v, want code %q", test.size, err, test.want)
		}
		if err != nil {
			continue
		}
		for _, s := range samples(t, film, FramesConfig{}) {
			if min(s.Picture.Width, s.Picture.Height) < minSampleSide {
				t.Errorf("%s: a sample of %d × %d", test.size, s.Picture.Width, s.Picture.Height)
			}
		}
	}
}

// A film that is longer than it says is stopped at the limit all the same.
func TestLimitOfDurationHoldsWhileReading(t *testing.T) {
	t.Parallel()
	film := mustOpen(t, greyFilm(t, 90, "f.mp4", "-c:v", "libx264"), Config{})
	film.cfg.MaxDuration = time.Second
	n, err := drain(t.Context(), film)
	if vig.CodeOf(err) != vig.CodeUnsupported || n < 6 || n > 7 {
		t.Errorf("%d samples, then %v", n, err)
	}
}

// damage makes the noise bit stream filter spoil the packets n for which the
// expression is not 0.
func damage(t *testing.T, path, name, expression string) string {
	return madeFilm(t, name, "-i", path, "-c", "copy", "-bsf:v", "noise=amount='"+expression+"'")
}

func TestDamageIsSurvivedUpToAShare(t *testing.T) {
	t.Parallel()
	whole := madeFilm(t, "whole.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=12",
		"-c:v", "libx264", "-g", "25", "-bf", "0", "-pix_fmt", "yuv420p")
	slight := mustOpen(t, damage(t, whole, "slight.mp4", "-3*eq(mod(n,50),30)"), Config{})
	if n, err := drain(t.Context(), slight); err != nil || n < 60 {
		t.Errorf("slight damage: %d samples of 72, %v", n, err)
	}
	if n := slight.Info().CorruptPackets; n < 1 || n > 30 {
		t.Errorf("slight damage: %d of 300 packets counted", n)
	}
	before := slight.Info().CorruptPackets
	if _, err := drain(t.Context(), slight); err != nil || slight.Info().CorruptPackets != before {
		t.Errorf("a second pass counts %d, the first %d", slight.Info().CorruptPackets, before)
	}
	heavy, err := openFile(t, damage(t, whole, "heavy.mp4", "-3*gt(mod(n,25),4)"), Config{})
	if err == nil {
		_, err = drain(t.Context(), heavy)
	}
	if vig.CodeOf(err) != vig.CodeInvalid || !strings.Contains(err.Error(), "packets are damaged") {
		t.Errorf("heavy damage: %v, want code invalid with the counts", err)
	}
}

// flawedReader fails, or panics, where it comes to the byte good.
type flawedReader struct {
	bytes.Reader
	good   int64
	panics bool
}

var errFlaw = errors.New("the disk is broken")

func (r *flawedReader) ReadAt(b []byte, at int64) (int, error) {
	if at >= r.good && r.panics {
		panic("the reader is broken")
	}
	n, err := r.Reader.ReadAt(b[:min(int64(len(b)), max(0, r.good-at))], at)
	if n < len(b) && err == nil {
		err = errFlaw
	}
	return n, err
}

func TestReaderFails(t *testing.T) {
	t.Parallel()
	film, err := os.ReadFile(madeFilm(t, "f.mp4", "-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=6",
		"-c:v", "mpeg4", "-q:v", "2", "-movflags", "faststart"))
	if err != nil {
		t.Fatal(err)
	}
	size := int64(len(film))
	for _, panics := range []bool{false, true} {
		for _, good := range []int64{0, 500} { // nothing, and half of the index
			r := &flawedReader{*bytes.NewReader(film), good, panics}
			_, err := Open(t.Context(), r, size, Config{})
			if vig.CodeOf(err) != vig.CodeInternal || !panics && !errors.Is(err, errFlaw) {
				t.Errorf("Open with %d good bytes: %v", good, err)
			}
		}
		r := &flawedReader{*bytes.NewReader(film), size, panics}
		f, err := Open(t.Context(), r, size, Config{})
		if err != nil {
			t.Fatal(err)
		}
		r.good = size / 2
		n := 0
		for _, err = range f.Frames(t.Context(), FramesConfig{}) {
			n++
		}
		if vig.CodeOf(err) != vig.CodeInternal || n < 2 {
			t.Errorf("Frames: %v after %d turns", err, n)
		}
		f.Close()
	}
	short := bytes.NewReader(film[:500])
	if _, err := Open(t.Context(), short, size, Config{}); vig.CodeOf(err) != vig.CodeInternal {
		t.Errorf("a reader that ends before its size: %v", err)
	}
}
