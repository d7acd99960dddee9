package observe

import (
	"math/rand/v2"
	"testing"
	"time"

	"attune/internal/vig"
)

// room returns a gray picture of 640 × 360 whose every pixel is level plus
// Gaussian noise of the deviation sigma, as a sensor adds.
func room(at time.Duration, level, sigma float64) vig.Sample {
	random := rand.New(rand.NewPCG(uint64(at), 1))
	s := blank(at, filmWidth, filmHeight)
	for i := 0; i < len(s.Picture.BGR); i += 3 {
		v := byte(max(0, min(255, level+sigma*random.NormFloat64())))
		copy(s.Picture.BGR[i:], []byte{v, v, v})
	}
	return s
}

func TestMotion(t *testing.T) {
	const cell = filmWidth / vig.MotionColumns
	o := newObserver(t, Config{})
	observe := func(s vig.Sample) vig.MotionGrid {
		t.Helper()
		obs, err := o.Observe(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		return obs.Motion
	}
	if grid := observe(room(0, 100, 6)); grid != nil {
		t.Errorf("the first sample moved: %v", grid)
	}

	still := observe(room(time.Second, 100, 6))
	if len(still) != vig.MotionColumns*vig.MotionRows {
		t.Fatalf("%d cells", len(still))
	}
	for i, v := range still {
		if v != 0 {
			t.Fatalf("noise moves cell %d by %d", i, v)
		}
	}

	// A square of two by two cells lights up, from the fifth column and the third row.
	s := room(2*time.Second, 100, 0)
	for y := 2 * cell; y < 4*cell; y++ {
		for x := 4 * cell * 3; x < 6*cell*3; x++ {
			s.Picture.BGR[y*filmWidth*3+x] = 180
		}
	}
	for i, v := range observe(s) {
		row, column := i/vig.MotionColumns, i%vig.MotionColumns
		if inside := row >= 2 && row < 4 && column >= 4 && column < 6; inside && v < 70 || !inside && v != 0 {
			t.Errorf("row %d, column %d moves by %d", row, column, v)
		}
	}
}
