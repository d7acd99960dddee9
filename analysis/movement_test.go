package analysis

import (
	"slices"
	"testing"
	"time"

	"attune/internal/vig"
)

func TestShownMovementFillsTheScale(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name      string
		strongest float64
		want      float64
	}{
		{"nobody moves", leastMovement / 4, 0.25},
		{"far from the camera", 1.5 * leastMovement, 1},
		{"close to the camera", 6, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := []vig.Reading{{}}
			for i := range 401 {
				m = append(m, vig.Read(tc.strongest*float64(i%5)/4))
			}
			m = append(m, vig.Read(100)) // a single jump of the camera
			got := shown(m)
			if got[0].Seen {
				t.Error("what was not seen is shown")
			}
			if v := got[5].Value; v != tc.want {
				t.Errorf("the strongest movement is shown as %v, want %v", v, tc.want)
			}
			if v := got[len(got)-1].Value; v != 1 {
				t.Errorf("more than the strongest is shown as %v", v)
			}
			if m[5].Value != tc.strongest {
				t.Error("the movement itself was changed")
			}
		})
	}
}

// A head that turns as the film ends turns no longer than the film.
func TestHeadShiftsEndWithTheFilm(t *testing.T) {
	t.Parallel()
	f := &film{span: from(0, 8)}
	got := f.headShifts([]time.Duration{sec(3), sec(7.8)})
	if want := (spans{from(3, 3.5), from(7.8, 8)}); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
