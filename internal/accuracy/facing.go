package accuracy

import (
	"slices"

	"attune/internal/testfilm"
	"attune/internal/vig"
)

// MutualFacing counts, sample by sample, whether two people were found to be
// turned to each other against whether they were. Where the camera did not
// show it, it was not found.
func MutualFacing(truth *testfilm.Truth, scenes []vig.Scene) Counts {
	var c Counts
	for _, s := range scenes {
		c.Add(mutual(s), slices.ContainsFunc(truth.MutualFacing, func(m vig.Span) bool { return m.Contains(s.Time) }))
	}
	return c
}

// mutual reports whether any two people of s are turned to each other.
func mutual(s vig.Scene) bool {
	for _, a := range s.Faces {
		for _, b := range s.Faces {
			if a.Person != "" && b.Person != "" && slices.Contains(a.Facing, b.Person) && slices.Contains(b.Facing, a.Person) {
				return true
			}
		}
	}
	return false
}

// FacesFound counts the faces in view that were found on the samples, by boxes
// that overlap at all in their middles, and the boxes that are no face.
func FacesFound(truth *testfilm.Truth, rec vig.Recording) Counts {
	var c Counts
	for _, o := range rec.Observations {
		used := make([]bool, len(o.Faces))
		for i := range truth.People {
			state := truth.At(&truth.People[i], o.Time)
			if !state.InView {
				continue
			}
			found := slices.IndexFunc(o.Faces, func(f vig.Face) bool { return sameHead(f.Box, state.Box) })
			if found >= 0 {
				used[found] = true
			}
			c.Add(found >= 0, true)
		}
		for _, u := range used {
			if !u {
				c.FalsePositive++
			}
		}
	}
	return c
}

// sameHead reports whether the middle of each box lies in the other: boxes of
// a profile by different detectors overlap too little for a larger demand.
func sameHead(a, b vig.Box) bool {
	holds := func(a, b vig.Box) bool {
		x, y := b.Center()
		return a.X <= x && x <= a.X+a.W && a.Y <= y && y <= a.Y+a.H
	}
	return holds(a, b) && holds(b, a)
}
