package pipeline

import (
	"bytes"
	"image/jpeg"
	"testing"
	"time"
)

func TestStillIsTheFrameAtOrAfterItsTime(t *testing.T) {
	t.Parallel()
	film := mustOpen(t, numbered{width: 640, height: 360}.make(t), Config{})
	for _, tt := range []struct {
		name string
		at   time.Duration
		cfg  StillConfig
		want int
		size int
	}{
		{"first", 0, StillConfig{}, 0, 640},
		{"before the first", -time.Second, StillConfig{}, 0, 640},
		{"exactly", 3 * time.Second, StillConfig{}, 75, 640},
		{"between", 3*time.Second + time.Millisecond, StillConfig{LongSide: 320}, 76, 320},
		{"beyond the last", time.Hour, StillConfig{}, 199, 640},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			still, err := film.Still(t.Context(), tt.at, tt.cfg)
			if err != nil {
				t.Fatal(err)
			}
			picture, err := jpeg.Decode(bytes.NewReader(still))
			if err != nil {
				t.Fatal(err)
			}
			b := picture.Bounds()
			if b.Dx() != tt.size || b.Dy() != tt.size*360/640 {
				t.Fatalf("the still has %v", b)
			}
			got := 0
			for i := range 16 {
				r, _, _, _ := picture.At((2*i+1)*b.Dx()/32, b.Dy()*7/8).RGBA()
				if r > 0x8000 {
					got |= 1 << i
				}
			}
			if got != tt.want {
				t.Errorf("the still is frame %d, want %d", got, tt.want)
			}
		})
	}
}
