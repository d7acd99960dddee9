package testfilm

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

func TestVariants(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	video := map[Codec]string{H264: "h264", HEVC: "hevc", VP9: "vp9"}
	for _, v := range Variants() {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			f := v.Film
			f.Width, f.Height = 320, 180
			f.Duration = 4 * time.Second
			path := filepath.Join(t.TempDir(), "film"+f.Container.Ext())
			truth, err := Make(t.Context(), path, f, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !v.Opens {
				if out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", path).CombinedOutput(); err == nil {
					t.Fatalf("ffprobe opens it: %s", out)
				}
				return
			}
			p := probe(t, path)
			streams := 2
			if f.Silent {
				streams = 1
			}
			if len(p.Streams) != streams {
				t.Fatalf("%d streams, want %d", len(p.Streams), streams)
			}
			picture := p.Streams[0]
			if picture.CodecName != video[f.Codec] {
				t.Errorf("codec %s, want %s", picture.CodecName, video[f.Codec])
			}
			if (picture.HasB > 0) != f.BFrames && f.Codec == H264 {
				t.Errorf("reorder depth %d, B-frames %v", picture.HasB, f.BFrames)
			}
			w, h, turned := picture.Width, picture.Height, 0
			for _, s := range picture.SideData {
				turned = (360 - s.Rotation) % 360
			}
			if turned != f.Rotation {
				t.Errorf("rotation %d, want %d", turned, f.Rotation)
			}
			if f.Rotation%180 != 0 {
				w, h = h, w
			}
			if w != truth.Width || h != truth.Height {
				t.Errorf("displayed %d×%d, want %d×%d", w, h, truth.Width, truth.Height)
			}
			first := parse(t, picture.StartTime)
			if want := f.Start + max(0, -f.SoundDelay); f.Container != TS && !near(first, want, time.Millisecond) {
				t.Errorf("starts at %v, want %v", first, want)
			}
			if !f.Silent && f.Damage == Whole {
				// Opus in WebM and mpegts may begin with up to two frames of encoder delay.
				late := parse(t, p.Streams[1].StartTime) - first
				if !near(late, f.SoundDelay, 50*time.Millisecond) {
					t.Errorf("sound starts %v after the picture, want %v", late, f.SoundDelay)
				}
			}
			checkFrames(t, p, truth, f)
		})
	}
}

// checkFrames compares the frames' times with the truth: all of a whole film,
// the first ones of a cut one.
func checkFrames(t *testing.T, p probed, truth *Truth, f Film) {
	t.Helper()
	if n := len(p.Frames); f.Damage == Whole && n != len(truth.Frames) || n == 0 || n > len(truth.Frames) {
		t.Fatalf("%d frames, want %d", n, len(truth.Frames))
	}
	first := parse(t, p.Frames[0].PTS)
	for i, frame := range p.Frames {
		if got := parse(t, frame.PTS) - first; !near(got, truth.Frames[i], time.Millisecond) {
			t.Fatalf("frame %d at %v, want %v", i, got, truth.Frames[i])
		}
	}
	if d := parse(t, p.Format.Duration); f.Damage == Whole && !near(d, truth.Duration+max(0, -f.SoundDelay), 200*time.Millisecond) && f.Start == 0 {
		t.Errorf("duration %v, want %v", d, truth.Duration)
	}
}
