package pipeline

import (
	"errors"
	"io"
	"testing"
	"time"

	"attune/internal/vig"
)

// answers returns which of the times answer the ticks of hz a second, as the
// doc of Frames has it, written down anew.
func answers(times []time.Duration, hz float64) (chosen []int) {
	lastTick := -1
	for i, t := range times {
		tick := int((t + time.Millisecond).Seconds() * hz)
		if tick > lastTick {
			chosen = append(chosen, i)
			lastTick = tick
		}
	}
	return chosen
}

// sampledFilms are films whose n-th frame is flat in greyLevel(n), in the ways
// in which times and frames are stored.
var sampledFilms = []struct {
	name, file string
	frames     int
	args       []string
}{
	{"constant rate", "f.mp4", 120, []string{"-c:v", "libx264", "-qp", "1", "-bf", "0"}},
	{"B-frames", "f.mp4", 120, []string{"-c:v", "libx264", "-qp", "1", "-bf", "3", "-g", "50"}},
	{"many B-frames, none referred to", "f.mp4", 150, []string{"-c:v", "libx264", "-qp", "1", "-x264-params", "bframes=16:b-pyramid=none:b-adapt=0"}},
	{"B-frames in Matroska", "f.mkv", 120, []string{"-c:v", "libx264", "-qp", "1", "-bf", "3"}},
	{"open groups", "f.mp4", 120, []string{"-c:v", "libx264", "-qp", "1", "-x264-params", "keyint=30:open-gop=1:bframes=3"}},
	{"transport stream, which starts at 1.4 s", "f.ts", 120, []string{"-c:v", "libx264", "-qp", "1", "-bf", "3"}},
	{"starts at 10 s", "f.mp4", 60, []string{"-vf", "setpts=PTS+10/TB", "-c:v", "libx264", "-qp", "1", "-movflags", "negative_cts_offsets"}},
	{"HEVC", "f.mp4", 90, []string{"-c:v", "libx265", "-x265-params", "log-level=none:qp=4:bframes=4"}},
	{"VP8", "f.webm", 60, []string{"-c:v", "libvpx", "-b:v", "2M", "-deadline", "realtime", "-cpu-used", "8"}},
	{"VP9", "f.webm", 60, []string{"-c:v", "libvpx-vp9", "-b:v", "2M", "-deadline", "realtime", "-cpu-used", "8"}},
	{"AV1", "f.mp4", 60, []string{"-s", "128x96", "-c:v", "libsvtav1", "-preset", "11", "-crf", "10"}},
	{"MPEG-4 in AVI", "f.avi", 90, []string{"-c:v", "mpeg4", "-q:v", "1"}},
	{"MPEG-4 with B-frames", "f.mp4", 90, []string{"-c:v", "mpeg4", "-q:v", "1", "-bf", "2"}},
	{"H.263 in 3GP", "f.3gp", 60, []string{"-s", "176x144", "-c:v", "h263", "-q:v", "1"}},
	{"Motion JPEG", "f.mov", 90, []string{"-c:v", "mjpeg", "-q:v", "1", "-color_range", "pc"}},
	{"fragments", "f.mp4", 90, []string{"-c:v", "libx264", "-qp", "1", "-g", "20", "-movflags", "frag_keyframe+empty_moov"}},
	{"variable rate", "f.mp4", 120, []string{"-vf", "settb=1/90000,setpts='round((N/30+0.02*mod(N*7,5)/5)/TB)'", "-fps_mode", "passthrough", "-enc_time_base", "1/90000", "-c:v", "libx264", "-qp", "1", "-bf", "3"}},
	{"a gap of 3 s", "f.mp4", 120, []string{"-vf", "settb=1/90000,setpts='round((N/30+3*gte(N,60))/TB)'", "-fps_mode", "passthrough", "-enc_time_base", "1/90000", "-c:v", "libx264", "-qp", "1", "-bf", "3"}},
	{"fewer frames than ticks", "f.mp4", 20, []string{"-vf", "settb=1/90000,setpts='round(N/3/TB)'", "-fps_mode", "passthrough", "-enc_time_base", "1/90000", "-c:v", "libx264", "-qp", "1"}},
	{"NTSC", "f.mov", 120, []string{"-vf", "settb=1/30000,setpts=N*1001", "-fps_mode", "passthrough", "-enc_time_base", "1/30000", "-c:v", "libx264", "-qp", "1", "-bf", "3"}},
}

func TestFramesAnswerTicks(t *testing.T) {
	t.Parallel()
	for _, film := range sampledFilms {
		t.Run(film.name, func(t *testing.T) {
			t.Parallel()
			path := greyFilm(t, film.frames, film.file, film.args...)
			times := probeTimes(t, path)
			f := mustOpen(t, path, Config{})
			for _, hz := range []float64{6, 2.5, 1000} {
				want := answers(times, hz)
				got := samples(t, f, FramesConfig{Hz: hz})
				if len(got) != len(want) {
					t.Fatalf("%g Hz: %d samples, want %d", hz, len(got), len(want))
				}
				for i, n := range want {
					if !near(got[i].Time, times[n], time.Microsecond) {
						t.Errorf("%g Hz: sample %d lies at %v, want %v", hz, i, got[i].Time, times[n])
					}
					if frame := greyFrame(got[i].Picture); len(times) == film.frames && frame != n%40 {
						t.Errorf("%g Hz: sample %d at %v shows frame %d, want %d", hz, i, got[i].Time, frame, n%40)
					}
				}
			}
			if i := f.Info(); i.CorruptPackets != 0 || len(i.Notes) > 1 {
				t.Errorf("info of a sound film: %+v", i)
			}
		})
	}
}

// What is not sampled and not referred to must not be decoded: that is most of
// the speed.
func TestLookaheadLeavesFramesOut(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, file string
		args       []string
		atMost     int // of 120 frames
	}{
		{"H.264", "f.mp4", []string{"-c:v", "libx264", "-x264-params", "bframes=3:b-pyramid=none:b-adapt=0"}, 60},
		{"HEVC", "f.mp4", []string{"-c:v", "libx265", "-x265-params", "log-level=none:bframes=3:b-adapt=0:b-pyramid=0"}, 60},
		{"MPEG-4", "f.mp4", []string{"-c:v", "mpeg4", "-bf", "2"}, 70},
		{"Motion JPEG", "f.mov", []string{"-c:v", "mjpeg", "-color_range", "pc"}, 24},
	} {
		source := []string{"-f", "lavfi", "-i", "testsrc2=s=160x96:r=30:d=4"}
		f := mustOpen(t, madeFilm(t, test.file, append(source, test.args...)...), Config{})
		d, err := f.openDecoder(t.Context(), picture, 0)
		if err != nil {
			t.Fatal(err)
		}
		ahead := newLookahead(d, newTicks(6))
		d.feed = ahead.next
		n := 0
		for ; err == nil; n++ {
			_, _, err = d.next()
		}
		if !errors.Is(err, io.EOF) {
			t.Error(err)
		}
		if n-1 > test.atMost || n-1 < 24 {
			t.Errorf("%s: %d of 120 frames were decoded, want at most %d", test.name, n-1, test.atMost)
		}
		ahead.close()
		d.close()
	}
}

// AVI keeps no PTS. Frames that are stored in another order than they are shown
// get their times from that order, and nothing is left out.
func TestFramesWithoutPTS(t *testing.T) {
	t.Parallel()
	f := mustOpen(t, greyFilm(t, 60, "f.avi", "-c:v", "mpeg4", "-q:v", "1", "-bf", "2"), Config{})
	for i, s := range samples(t, f, FramesConfig{Hz: 1000}) {
		if want := time.Duration(i) * time.Second / 30; !near(s.Time, want, time.Microsecond) || greyFrame(s.Picture) != i%40 {
			t.Errorf("sample %d lies at %v and shows frame %d; want %v", i, s.Time, greyFrame(s.Picture), want)
		}
	}
}

func TestTicks(t *testing.T) {
	t.Parallel()
	ms := func(n ...int) (d []time.Duration) {
		for _, n := range n {
			d = append(d, time.Duration(n)*time.Millisecond)
		}
		return d
	}
	for _, test := range []struct {
		name   string
		hz     float64
		times  []time.Duration
		chosen []time.Duration
	}{
		{"30 a second in whole milliseconds", 6, ms(0, 33, 67, 100, 133, 167, 200, 233, 267, 300, 333), ms(0, 167, 333)},
		{"a gap is one step", 10, ms(0, 50, 100, 5000, 5050, 5100), ms(0, 100, 5000, 5100)},
		{"late answers do not shift the clock", 10, ms(0, 190, 200, 310, 400), ms(0, 190, 200, 310, 400)},
		{"slower than the clock", 6, ms(0, 1000, 2000), ms(0, 1000, 2000)},
		{"before the first tick", 6, ms(-100, 0), ms(0)},
	} {
		c := newTicks(test.hz)
		var chosen []time.Duration
		for _, at := range test.times {
			if c.take(at) {
				chosen = append(chosen, at)
			}
		}
		if len(chosen) != len(test.chosen) {
			t.Errorf("%s: %v, want %v", test.name, chosen, test.chosen)
			continue
		}
		for i := range chosen {
			if chosen[i] != test.chosen[i] {
				t.Errorf("%s: %v, want %v", test.name, chosen, test.chosen)
				break
			}
		}
	}
}

func TestSeek(t *testing.T) {
	t.Parallel()
	for _, film := range sampledFilms {
		t.Run(film.name, func(t *testing.T) {
			t.Parallel()
			path := greyFilm(t, film.frames, film.file, film.args...)
			times := probeTimes(t, path)
			f := mustOpen(t, path, Config{})
			for _, from := range []time.Duration{0, time.Millisecond, times[len(times)/3], times[len(times)-1], time.Hour} {
				d, err := f.openDecoder(t.Context(), picture, from)
				if err != nil {
					t.Fatalf("from %v: %v", from, err)
				}
				_, first, err := d.next()
				if err != nil || first > from {
					t.Errorf("from %v: first frame at %v, %v", from, first, err)
				}
				last := first
				for err == nil {
					var at time.Duration
					if _, at, err = d.next(); err == nil {
						last = at
					}
				}
				if !errors.Is(err, io.EOF) || !near(last, times[len(times)-1], time.Microsecond) {
					t.Errorf("from %v: last frame at %v, want %v; %v", from, last, times[len(times)-1], err)
				}
				d.close()
			}
		})
	}
}

func TestSeekAgain(t *testing.T) {
	t.Parallel()
	f := mustOpen(t, greyFilm(t, 120, "f.mp4", "-c:v", "libx264", "-qp", "1", "-g", "20"), Config{})
	d, err := f.openDecoder(t.Context(), picture, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	for _, to := range []time.Duration{3 * time.Second, 0, 3 * time.Second, 100 * time.Millisecond, 2 * time.Second, 2 * time.Second, time.Hour, 0} {
		if err := d.seek(to); err != nil {
			t.Fatal(err)
		}
		last := never
		for range 100 { // on to the wanted frame, and beyond
			_, at, err := d.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || last == never && at > to || at <= last {
				t.Fatalf("to %v: %v comes after %v, %v", to, at, last, err)
			}
			last = at
		}
		if last < min(to, 3900*time.Millisecond) {
			t.Errorf("to %v: the frames end at %v", to, last)
		}
	}
}

func TestFramesAndSoundSideBySide(t *testing.T) {
	t.Parallel()
	path := madeFilm(t, "f.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:d=4", "-f", "lavfi", "-i", "sine=d=4",
		"-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac")
	f := mustOpen(t, path, Config{Threads: 1})
	type result struct {
		n   int
		err error
	}
	results := make(chan result)
	for range 3 {
		go func() {
			n, err := drain(t.Context(), f)
			results <- result{n, err}
		}()
	}
	for range 3 {
		if r := <-results; r.err != nil || r.n != 24 {
			t.Errorf("%d samples, want 24; %v", r.n, r.err)
		}
	}
}

func TestFramesStopEarly(t *testing.T) {
	t.Parallel()
	f := mustOpen(t, greyFilm(t, 300, "f.mp4", "-c:v", "libx264"), Config{})
	for stop := range 12 {
		n := 0
		for _, err := range f.Frames(t.Context(), FramesConfig{Hz: 30}) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n > stop {
				break
			}
		}
	}
}

func TestFilmClosedInTheMiddle(t *testing.T) {
	t.Parallel()
	f := mustOpen(t, greyFilm(t, 300, "f.mp4", "-c:v", "libx264", "-bf", "0"), Config{})
	closed := make(chan struct{})
	n := 0
	var last error
	for _, err := range f.Frames(t.Context(), FramesConfig{Hz: 30}) {
		if last = err; n == 0 {
			go func() { f.Close(); close(closed) }()
			<-f.closing.Done()
		}
		n++
	}
	<-closed
	if vig.CodeOf(last) != vig.CodeConflict || n > 2*samplesAhead {
		t.Errorf("after %d samples: %v; want one of code conflict", n, last)
	}
	for _, err := range f.Sound(t.Context()) {
		t.Errorf("a film without sound yields something: %v", err)
	}
	for _, err := range f.Frames(t.Context(), FramesConfig{}) {
		if vig.CodeOf(err) != vig.CodeConflict {
			t.Errorf("a closed film yields %v, want an error of code conflict", err)
		}
	}
}
