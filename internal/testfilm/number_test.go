package testfilm

import (
	"path/filepath"
	"testing"
	"time"
)

func TestReadNumber(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	for name, f := range map[string]Film{
		"plain":    {},
		"rotated":  {Rotation: 90},
		"b-frames": {BFrames: true},
		"swing":    {Timing: Swing},
		"dark":     {Light: 0.1, Noise: 6},
		"vp9":      {Codec: VP9, Container: WebM},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := small(f)
			f.Duration = 3 * time.Second
			f.Numbered, f.Marked = true, true
			path := filepath.Join(t.TempDir(), "film"+f.Container.Ext())
			truth, err := Make(t.Context(), path, f, nil)
			if err != nil {
				t.Fatal(err)
			}
			for format, depth := range map[string]int{"gray": 1, "bgr24": 3} {
				pix := decode(t, path, format)
				size := f.Width * f.Height * depth
				if len(pix) != size*len(truth.Frames) {
					t.Fatalf("%d bytes, want %d frames of %d", len(pix), len(truth.Frames), size)
				}
				for i, at := range truth.Frames {
					frame := pix[i*size : (i+1)*size]
					if n, ok := ReadNumber(frame, f.Width, f.Height); n != i || !ok {
						t.Fatalf("%s: frame %d reads %d, %v", format, i, n, ok)
					}
					on := false
					for _, m := range truth.Marks {
						on = on || at >= m && at < m+markLength
					}
					if got := ReadFlash(frame, f.Width, f.Height); got != on {
						t.Errorf("%s: flash at %v: %v, want %v", format, at, got, on)
					}
				}
			}
		})
	}
}

func TestReadNumberRefuses(t *testing.T) {
	t.Parallel()
	const w, h = 320, 180
	bgr := room(w, h)
	if n, ok := ReadNumber(bgr, w, h); ok {
		t.Errorf("reads %d from a room", n)
	}
	for _, n := range []int{0, 1, 255, 1500, 65535} {
		writeNumber(bgr, w, h, n)
		if got, ok := ReadNumber(bgr, w, h); got != n || !ok {
			t.Errorf("reads %d, %v, want %d", got, ok, n)
		}
		for x := range w / stripCells { // one cell of the number turned over
			for y := range stripHeight(h) {
				i := 3 * (y*w + 10*w/stripCells + x + 1)
				bgr[i], bgr[i+1], bgr[i+2] = 251-bgr[i], 251-bgr[i+1], 251-bgr[i+2]
			}
		}
		if got, ok := ReadNumber(bgr, w, h); ok {
			t.Errorf("reads %d from a broken strip of %d", got, n)
		}
	}
	if _, ok := ReadNumber(nil, w, h); ok {
		t.Error("reads a number from nothing")
	}
}
