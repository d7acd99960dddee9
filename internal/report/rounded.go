package report

import (
	"time"

	"attune/internal/vig"
)

// Round brings rec to the precision of observations.jsonl, in place. What is
// analysed after that is what the file holds, so that analysing the file again
// gives the same result.
func Round(rec *vig.Recording) {
	rec.Duration = rec.Duration.Round(time.Millisecond)
	for i := range rec.Observations {
		o := &rec.Observations[i]
		o.Time = o.Time.Round(time.Millisecond)
		for j := range o.Faces {
			f := &o.Faces[j]
			round(&f.Box.X, &f.Box.Y, &f.Box.W, &f.Box.H, &f.Confidence, &f.Yaw.Value, &f.Pitch.Value, &f.Smile.Value, &f.Gaze.Value)
		}
	}
	for i := range rec.Sound {
		round(&rec.Sound[i].Level, &rec.Sound[i].Pitch, &rec.Sound[i].Other)
	}
}

func round(values ...*float64) {
	for _, v := range values {
		*v = vig.Round3(*v)
	}
}
