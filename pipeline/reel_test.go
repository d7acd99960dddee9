package pipeline

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"attune/internal/vig"
)

// makeReel writes a reel of the film at path and returns where it lies.
func makeReel(t *testing.T, path string, spans []vig.Span, cfg ReelConfig) (string, ReelInfo) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "reel.mp4")
	info, err := mustOpen(t, path, Config{}).Reel(t.Context(), out, spans, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return out, info
}

func span(start, end float64) vig.Span {
	return vig.Span{Start: time.Duration(math.Round(start * 1e9)), End: time.Duration(math.Round(end * 1e9))}
}

// everywhere are clips out of order, at the film's very beginning, beyond its
// end, touching and overlapping.
var everywhere = []vig.Span{span(4.013, 5.511), span(0, 0.7), span(6.2, 99), span(2.5, 3.25), span(3.25, 3.9), span(3, 3.5)}

func TestReelHoldsTheFramesOfItsSpans(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		film  numbered
		spans []vig.Span
	}{
		{"25 a second", numbered{}, everywhere},
		{"29.97 a second", numbered{rate: "30000/1001"}, everywhere},
		{"30 a second with sound", numbered{rate: "30", sound: true}, everywhere},
		{"60 a second", numbered{rate: "60"}, everywhere},
		{"one clip", numbered{}, []vig.Span{span(2.01, 2.99)}},
		{"one frame", numbered{}, []vig.Span{span(2.01, 2.05)}},
		{"all of it", numbered{sound: true}, []vig.Span{span(-3, 99)}},
		{"open groups with B-frames", numbered{video: []string{"-c:v", "libx264", "-preset", "veryfast", "-x264-params", "open-gop=1:bframes=4:b-adapt=0:keyint=40"}}, everywhere},
		{"one key frame", numbered{video: []string{"-c:v", "libx264", "-preset", "veryfast", "-g", "1000", "-x264-params", "scenecut=0"}}, everywhere},
		{"variable rate", numbered{setpts: "(N+0.4*sin(N))/25", sound: true}, everywhere},
		{"variable rate in Matroska", numbered{setpts: "(N+0.4*sin(N))/25", name: "film.mkv"}, everywhere},
		{"Matroska", numbered{rate: "30000/1001", name: "film.mkv"}, everywhere},
		{"transport stream", numbered{sound: true, name: "film.ts"}, everywhere},
		{"late start", numbered{output: []string{"-output_ts_offset", "3.7"}, sound: true}, everywhere},
		{"MPEG-4 in AVI", numbered{video: []string{"-c:v", "mpeg4", "-q:v", "3", "-g", "50"}, name: "film.avi"}, everywhere},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := tt.film.make(t)
			out, info := makeReel(t, path, tt.spans, ReelConfig{})
			checkFrames(t, show(t, path), show(t, out), info)
			checkLength(t, out, info)
		})
	}
}

// aTick is the resolution of a reel's times, and what ffprobe rounds to.
const aTick = 1.0/pictureTicks + 1e-6

// checkFrames holds the frames of a reel and their times against those of its
// film, as the ffmpeg program shows both.
func checkFrames(t *testing.T, film, reel []shown, info ReelInfo) {
	t.Helper()
	i := 0
	for n, clip := range info.Clips {
		start, end := clip.Span.Start.Seconds(), clip.Span.End.Seconds()
		at := clip.At.Seconds() // of a clip's first frame: where those before end
		for _, want := range film {
			now := want.at - film[0].at
			if now < start-1e-6 || now >= end-1e-6 {
				continue
			}
			if at < 0 {
				at = clip.At.Seconds() + now - start
			}
			if i >= len(reel) {
				t.Fatalf("clip %d lacks the film's frame %d", n, want.number)
			}
			if got := reel[i]; got.number != want.number || math.Abs(got.at-at) > aTick {
				t.Fatalf("clip %d has frame %d at %.6f s, want %d at %.6f s", n, got.number, got.at, want.number, at)
			}
			i++
			at = -1
		}
	}
	if i != len(reel) {
		t.Errorf("the reel has %d frames, want %d", len(reel), i)
	}
}

// checkLength holds the length of a reel against the sum of its clips.
func checkLength(t *testing.T, path string, info ReelInfo) {
	t.Helper()
	sum := info.Card
	for _, c := range info.Clips {
		if c.At != sum {
			t.Errorf("a clip begins at %v, want %v", c.At, sum)
		}
		sum += c.Span.Length()
	}
	if info.Duration != sum {
		t.Errorf("the reel lasts %v, its clips %v", info.Duration, sum)
	}
	p := probe(t, path)
	if d := seconds(t, p.Format.Duration); math.Abs(d-sum.Seconds()) > 0.001 { // an mp4 movie header rounds up
		t.Errorf("the file lasts %v s, its clips %v", d, sum)
	}
	for _, s := range p.Streams {
		if d := seconds(t, s.Duration); math.Abs(d-sum.Seconds()) > aTick+1.0/soundRate {
			t.Errorf("%s lasts %v s, want %v", s.Type, d, sum)
		}
		if seconds(t, s.Start) != 0 {
			t.Errorf("%s starts at %v s", s.Type, s.Start)
		}
	}
}

func TestReelAcrossAPause(t *testing.T) {
	t.Parallel()
	// Frame 50 comes at 5 s, three seconds late.
	path := numbered{setpts: "N/25+3*gte(N,50)", sound: true}.make(t)
	out, info := makeReel(t, path, []vig.Span{span(3, 5.05), span(2.5, 4.5), span(4.95, 5.05)}, ReelConfig{})
	want := []shown{{number: 49, at: 0}, {number: 50, at: 2}, {number: 51, at: 2.04}, {number: 49, at: 2.05}, {number: 50, at: 4.05}, {number: 51, at: 4.14}}
	got := show(t, out)
	if len(got) != len(want) {
		t.Fatalf("%d frames, want %d: %v", len(got), len(want), got)
	}
	for i := range want {
		if got[i].number != want[i].number || math.Abs(got[i].at-want[i].at) > aTick {
			t.Errorf("frame %d is %d at %v s, want %d at %v s", i, got[i].number, got[i].at, want[i].number, want[i].at)
		}
	}
	checkLength(t, out, info)
}

// beepTimes returns the times at which beeps begin.
func beepTimes(samples []float32) (times []float64) {
	loudAt := -1.0
	for i, v := range samples {
		at := float64(i) / soundRate
		if v > 0.25 || v < -0.25 {
			if loudAt < 0 || at-loudAt > 0.1 {
				times = append(times, at)
			}
			loudAt = at
		}
	}
	return times
}

func TestReelSoundKeepsToThePicture(t *testing.T) {
	t.Parallel()
	// Flashes and beeps of the film come at whole seconds.
	spans := []vig.Span{span(1.53, 3.51), span(5.217, 6.91), span(0.31, 1.47), span(6.5, 7.6)}
	all := []float64{0.47, 1.47, 1.98 + 0.783, 1.98 + 1.693 + 0.69, 1.98 + 1.693 + 1.16 + 0.5}
	tests := []struct {
		name string
		film numbered
		want []float64 // beeps in the reel
	}{
		{"stereo", numbered{}, all},
		{"mono at 48 kHz", numbered{channels: 1, soundRate: 48000}, all},
		{"8 kHz", numbered{soundRate: 8000, channels: 1}, all},
		{"Matroska with Opus", numbered{name: "film.mkv", output: []string{"-c:a", "libopus"}, soundRate: 48000}, all},
		{"transport stream", numbered{name: "film.ts"}, all},
		{"29.97 a second", numbered{rate: "30000/1001"}, all},
		{"begins late", numbered{soundFrom: 2500 * time.Millisecond}, []float64{all[1], all[2], all[4]}},
		{"ends early", numbered{soundUntil: 4500 * time.Millisecond}, []float64{all[0], all[1], all[3]}},
		{"starts late", numbered{output: []string{"-output_ts_offset", "3.7"}}, all},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.film.sound = true
			path := tt.film.make(t)
			out, info := makeReel(t, path, spans, ReelConfig{})
			checkLength(t, out, info)
			heard := hear(t, out)
			// A decoder gives the last AAC frame whole, with silence after its end.
			if n := int(soundPosition(info.Duration)); len(heard) < n || len(heard) >= n+1024 {
				t.Errorf("%d samples, want %d", len(heard), n)
			}
			beeps := beepTimes(heard)
			if len(beeps) != len(tt.want) {
				t.Fatalf("beeps at %v, want %v", beeps, tt.want)
			}
			for i, at := range beeps {
				if math.Abs(at-tt.want[i]) > 0.01 {
					t.Errorf("beep at %.4f s, want %.4f", at, tt.want[i])
				}
			}
			var flashes []float64
			for _, f := range show(t, out) {
				if f.flash {
					flashes = append(flashes, f.at)
				}
			}
			if len(flashes) != len(all) {
				t.Fatalf("flashes at %v, want %v", flashes, all)
			}
			for i, at := range flashes { // the frame that was there at the second, or the next
				if late := at - all[i]; late < -aTick || late > 0.04 {
					t.Errorf("flash at %.4f s, want %.4f", at, all[i])
				}
			}
			s, _ := probe(t, out).stream("audio")
			tt.film.defaults()
			if s.Codec != "aac" || s.SampleRate != "48000" || s.Channels != tt.film.channels {
				t.Errorf("the sound is %+v", s)
			}
		})
	}
}

func TestReelWithoutSound(t *testing.T) {
	t.Parallel()
	out, info := makeReel(t, numbered{}.make(t), []vig.Span{span(1, 2), span(3, 4)}, ReelConfig{})
	if _, ok := probe(t, out).stream("audio"); ok {
		t.Error("the reel of a silent film has sound")
	}
	checkLength(t, out, info)
}

func TestReelJoinsWithoutClick(t *testing.T) {
	t.Parallel()
	// Of a steady tone, the largest step from one sample to the next is
	// known. At these cuts the phase would jump by half a turn.
	const tone, level = 200.0, 0.3
	path := numbered{sound: true, tone: tone, soundRate: 48000, channels: 1, soundUntil: 8 * time.Second}.make(t)
	spans := []vig.Span{span(1.1, 1.6), span(3.1025, 3.6), span(3.6, 3.9), span(2.20125, 2.7)}
	out, _ := makeReel(t, path, spans, ReelConfig{})
	heard := hear(t, out)
	steady := 2 * math.Pi * tone / soundRate * level
	for i := 1; i < len(heard); i++ {
		if step := math.Abs(float64(heard[i] - heard[i-1])); step > 3*steady { // the coder adds some
			t.Fatalf("a step of %.3f at %.4f s; the tone has %.3f", step, float64(i)/soundRate, steady)
		}
	}
	// And nothing is lost between clips that follow each other in the film.
	at := int((0.5 + 0.4975) * soundRate)
	if peak := loudest(heard[at-480 : at+480]); peak < 0.9*level {
		t.Errorf("the tone falls to %.3f where clips touch", peak)
	}
}

// loudest returns the least of the peaks in stretches of 5 ms, a period of the
// tone.
func loudest(samples []float32) float64 {
	least := math.Inf(1)
	for len(samples) >= 240 {
		peak := 0.0
		for _, v := range samples[:240] {
			peak = max(peak, math.Abs(float64(v)))
		}
		least = min(least, peak)
		samples = samples[240:]
	}
	return least
}

func TestReelIsUpright(t *testing.T) {
	t.Parallel()
	stored := cornerFilm(t, "stored.mp4")
	for _, angle := range []int{0, 90, 180, 270} {
		for _, flip := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d,%v", angle, flip), func(t *testing.T) {
				t.Parallel()
				options := []string{"-display_rotation", fmt.Sprint(angle)}
				if flip {
					options = append(options, "-display_hflip")
				}
				path := madeFilm(t, "turned.mp4", append(options, "-i", stored, "-c", "copy")...)
				for _, longSide := range []int{0, 80} {
					out, info := makeReel(t, path, []vig.Span{span(0, 0.5)}, ReelConfig{LongSide: longSide})
					first := func(path string) vig.Picture {
						p := vig.Picture{Width: info.Width, Height: info.Height}
						p.BGR = ffmpeg(t, nil, "-i", path, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "bgr24",
							"-vf", fmt.Sprintf("scale=%d:%d", p.Width, p.Height), "-")
						return p
					}
					if got, want := corners(first(out)), corners(first(path)); got != want {
						t.Errorf("corners %s, want %s", got, want)
					}
					v, _ := probe(t, out).stream("video")
					w, h := 160, 96
					if longSide > 0 {
						w, h = 80, 48
					}
					if angle%180 != 0 {
						w, h = h, w
					}
					if v.Width != w || v.Height != h || info.Width != w || info.Height != h || len(v.SideData) != 0 {
						t.Errorf("the reel is %d × %d (%v), want %d × %d", v.Width, v.Height, v.SideData, w, h)
					}
				}
			})
		}
	}
}

func TestCanvas(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		w, h, longSide int
		want           canvas
	}{
		{1920, 1080, 1280, canvas{1280, 720}},
		{1080, 1920, 1280, canvas{720, 1280}},
		{1366, 768, 1280, canvas{1280, 720}},
		{640, 480, 1280, canvas{640, 480}},
		{321, 181, 1280, canvas{320, 180}},
		{1920, 1080, 641, canvas{640, 360}},
		{4000, 3, 1280, canvas{1280, 2}},
		{1, 1, 1280, canvas{2, 2}},
	} {
		if got := canvasFor(tt.w, tt.h, tt.longSide); got != tt.want {
			t.Errorf("canvasFor(%d, %d, %d) = %v, want %v", tt.w, tt.h, tt.longSide, got, tt.want)
		}
	}
}

func TestReelPictures(t *testing.T) {
	t.Parallel()
	lavfi := func(source string, args ...string) []string {
		return append([]string{"-f", "lavfi", "-i", source}, args...)
	}
	for _, tt := range []struct {
		name string
		file string
		args []string

		longSide, w, h int
	}{
		{"PAL wide", "f.mp4", lavfi("smptebars=s=720x576:d=0.4", "-vf", "setsar=64/45", "-pix_fmt", "yuv420p"), 0, 1024, 576},
		{"odd sides", "f.mp4", lavfi("smptebars=s=321x181:d=0.4", "-pix_fmt", "yuv444p"), 0, 320, 180},
		{"10 bits", "f.mp4", lavfi("smptebars=s=320x180:d=0.4", "-pix_fmt", "yuv420p10le"), 0, 320, 180},
		{"RGB", "f.mp4", lavfi("smptebars=s=320x180:d=0.4", "-c:v", "libx264rgb"), 0, 320, 180},
		{"full range", "f.mov", lavfi("smptebars=s=320x180:d=0.4", "-c:v", "mjpeg", "-pix_fmt", "yuvj422p"), 0, 320, 180},
		{"BT.709 in HD", "f.mp4", lavfi("smptebars=s=1280x720:d=0.2", "-vf", "scale=out_color_matrix=bt709", "-colorspace", "bt709", "-pix_fmt", "yuv420p"), 640, 640, 360},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := madeFilm(t, tt.file, tt.args...)
			out, info := makeReel(t, path, []vig.Span{span(0, 9)}, ReelConfig{LongSide: tt.longSide})
			v, _ := probe(t, out).stream("video")
			if v.Width != tt.w || v.Height != tt.h || v.PixFmt != "yuv420p" || v.SAR != "1:1" {
				t.Errorf("the reel is %d × %d, %s, SAR %s; want %d × %d", v.Width, v.Height, v.PixFmt, v.SAR, tt.w, tt.h)
			}
			checkLength(t, out, info)
			// Colours: the reel as analysis sees it against the film as it sees that.
			want := samples(t, mustOpen(t, path, Config{}), FramesConfig{LongSide: 64})[0].Picture
			got := samples(t, mustOpen(t, out, Config{}), FramesConfig{LongSide: 64})[0].Picture
			if off := apart(want, got); off > 3 {
				t.Errorf("colours are %d of 255 apart", off)
			}
		})
	}
}

// apart returns the median difference of two pictures: edges count little.
func apart(a, b vig.Picture) int {
	if a.Width != b.Width || a.Height != b.Height {
		return math.MaxInt
	}
	off := make([]int, len(a.BGR))
	for i := range off {
		off[i] = max(int(a.BGR[i])-int(b.BGR[i]), int(b.BGR[i])-int(a.BGR[i]))
	}
	slices.Sort(off)
	return off[len(off)/2]
}

func TestReelFile(t *testing.T) {
	t.Parallel()
	path := numbered{sound: true, output: []string{
		"-metadata", "location=+48.2+016.4/", "-metadata", "title=Anna", "-metadata", "creation_time=2024-05-06T07:08:09Z",
	}}.make(t)
	spans := []vig.Span{span(1, 2), span(4.2, 5)}
	one, _ := makeReel(t, path, spans, ReelConfig{})
	two, _ := makeReel(t, path, spans, ReelConfig{})
	a, err := os.ReadFile(one)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(two)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("the same film and spans made other bytes")
	}
	var boxes []string
	for rest := a; len(rest) >= 8; {
		boxes = append(boxes, string(rest[4:8]))
		rest = rest[min(len(rest), int(binary.BigEndian.Uint32(rest))):]
	}
	if fmt.Sprint(boxes) != "[ftyp moov free mdat]" {
		t.Errorf("the file has the boxes %v; its index must come first", boxes)
	}
	p := probe(t, one)
	for _, tags := range []map[string]string{p.Format.Tags, p.Streams[0].Tags, p.Streams[1].Tags} {
		for _, k := range []string{"creation_time", "location", "title", "encoder", "com.apple.quicktime.location.ISO6709"} {
			if v, ok := tags[k]; ok {
				t.Errorf("the reel tells %s: %q", k, v)
			}
		}
	}
	if p.Streams[0].Type != "video" || p.Streams[1].Type != "audio" {
		t.Error("the picture is not the first stream")
	}
	stat, err := os.Stat(one)
	if err != nil {
		t.Fatal(err)
	}
	if stat.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v", stat.Mode())
	}
}

// files returns the names in the folder of path.
func files(t *testing.T, path string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestReelCancelled(t *testing.T) {
	t.Parallel()
	film := mustOpen(t, numbered{width: 1280, height: 720, rate: "30", sound: true}.make(t), Config{})
	out := filepath.Join(t.TempDir(), "re:el 1.mp4")
	if err := os.WriteFile(out, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var cancelled time.Time
	_, err := film.Reel(ctx, out, []vig.Span{span(1, 8), span(0, 7)}, ReelConfig{Progress: func(done float64) {
		if done > 0.1 && cancelled.IsZero() {
			cancelled = time.Now()
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if took := time.Since(cancelled); cancelled.IsZero() || took > time.Second {
		t.Errorf("it took %v to stop", took)
	}
	if b, err := os.ReadFile(out); err != nil || string(b) != "before" || len(files(t, out)) != 1 {
		t.Errorf("the folder has %v, the reel %q, %v", files(t, out), b, err)
	}

	// The same place, this time to the end.
	last := 0.0
	_, err = film.Reel(t.Context(), out, []vig.Span{span(1, 1.5)}, ReelConfig{LongSide: 320, Progress: func(done float64) {
		if done < last || done > 1 {
			t.Errorf("progress went from %v to %v", last, done)
		}
		last = done
	}})
	if err != nil || last != 1 || len(files(t, out)) != 1 {
		t.Errorf("%v; progress ended at %v; the folder has %v", err, last, files(t, out))
	}
	if p := probe(t, out); len(p.Streams) != 2 {
		t.Errorf("the reel is %+v", p)
	}
}

func TestReelRefuses(t *testing.T) {
	t.Parallel()
	film := mustOpen(t, numbered{frames: 50}.make(t), Config{})
	dir := t.TempDir()
	for _, tt := range []struct {
		name  string
		path  string
		spans []vig.Span
		want  vig.Code
	}{
		{"no spans", "reel.mp4", nil, vig.CodeInvalid},
		{"an empty span", "reel.mp4", []vig.Span{span(0, 1), span(1, 1)}, vig.CodeInvalid},
		{"a span backwards", "reel.mp4", []vig.Span{span(1.5, 1)}, vig.CodeInvalid},
		{"a span beyond the end", "reel.mp4", []vig.Span{span(2, 3)}, vig.CodeInvalid},
		{"no folder", "nowhere/reel.mp4", []vig.Span{span(0, 1)}, vig.CodeInternal},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(dir, tt.path)
			_, err := film.Reel(t.Context(), path, tt.spans, ReelConfig{})
			if vig.CodeOf(err) != tt.want {
				t.Errorf("the error is %v (%s), want %s", err, vig.CodeOf(err), tt.want)
			}
			if names := files(t, filepath.Join(dir, "x")); len(names) != 0 {
				t.Errorf("left behind: %v", names)
			}
		})
	}
}

func TestReelOfSharedFilms(t *testing.T) {
	t.Parallel()
	dir := sharedMedia(t, "containers")
	for _, name := range files(t, filepath.Join(dir, "x")) {
		if name == "sample_vvc.mp4" {
			continue // refused by Open
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			film := mustOpen(t, filepath.Join(dir, name), Config{})
			d := film.Info().Duration
			out := filepath.Join(t.TempDir(), "reel.mp4")
			spans := []vig.Span{{Start: d / 2, End: d * 3 / 4}, {Start: 0, End: d / 3}, {Start: d * 9 / 10, End: 2 * d}}
			for i := range spans {
				spans[i].End = min(spans[i].End, spans[i].Start+2*time.Second)
			}
			info, err := film.Reel(t.Context(), out, spans, ReelConfig{LongSide: 320})
			if err != nil {
				t.Fatal(err)
			}
			checkLength(t, out, info)
			// The picture in the middle of the first clip, as analysis sees
			// it, in the film and in the reel.
			i := film.Info()
			if got, want := float64(info.Width)/float64(info.Height), float64(i.Width)/float64(i.Height); math.Abs(got/want-1) > 0.03 {
				t.Errorf("the reel is %d × %d, the film %d × %d", info.Width, info.Height, i.Width, i.Height)
			}
			want := firstSample(t, film, spans[1].Start)
			got := firstSample(t, mustOpen(t, out, Config{}), info.Clips[1].At)
			if off := apart(want, got); off > 20 { // BT.709 by its display (zimg), not by its camera
				t.Errorf("the pictures are %d of 255 apart", off)
			}
		})
	}
}

// firstSample returns the first sample at or after from.
func firstSample(t *testing.T, film *Film, from time.Duration) vig.Picture {
	t.Helper()
	for s, err := range film.Frames(t.Context(), FramesConfig{Hz: 1000, LongSide: 64}) {
		if err != nil {
			t.Fatal(err)
		}
		if s.Time >= from {
			s.Picture.BGR = bytes.Clone(s.Picture.BGR)
			return s.Picture
		}
	}
	t.Fatalf("no picture at %v", from)
	return vig.Picture{}
}
