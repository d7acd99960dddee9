package analysis_test

import (
	"fmt"
	"time"

	"attune/analysis"
	"attune/internal/vig"
)

// Two people sit side by side. From 10 s to 16 s they are turned to each
// other, and from 12 s on both smile.
func ExampleAnalyze() {
	rec := vig.Recording{Duration: 30 * time.Second, Aspect: 16.0 / 9}
	for t := time.Duration(0); t < rec.Duration; t += 200 * time.Millisecond {
		left := vig.Face{Box: vig.Box{X: 0.2, Y: 0.2, W: 0.1, H: 0.2}, Yaw: vig.Read(-10), Smile: vig.Read(0.1)}
		right := vig.Face{Box: vig.Box{X: 0.6, Y: 0.4, W: 0.08, H: 0.16}, Yaw: vig.Read(10), Smile: vig.Read(0.1)}
		if 10*time.Second <= t && t < 16*time.Second {
			left.Yaw, right.Yaw = vig.Read(50), vig.Read(-50)
			if t >= 12*time.Second {
				left.Smile, right.Smile = vig.Read(0.9), vig.Read(0.9)
			}
		}
		rec.Observations = append(rec.Observations, vig.Observation{Time: t, Faces: []vig.Face{left, right}})
	}

	found := analysis.Analyze(rec, analysis.Config{})
	for _, m := range found.Moments {
		fmt.Println(m.ID, m.Span.Start.Round(time.Second), "to", m.Span.End.Round(time.Second), m.Principles)
		for _, e := range m.Evidence {
			fmt.Println("-", e.Text)
		}
	}
	for _, n := range found.Notes {
		fmt.Println("Note:", n)
	}
	// Output:
	// m1 9s to 17s [being attentive developing attuned interactions]
	// - Both are turned to each other for 6 s, by the turn of the head alone.
	// - Both smile.
	// Note: There was no sound to listen to: only faces and movement were looked at.
}
