package analysis

import (
	"math"

	"attune/internal/vig"
)

// Evidence for who of two is the adult: the face is larger, and it is higher
// in the picture. Each counts once where it is clear and twice where it is
// plain, if it holds in most of the samples that show both. A face nearer to
// the camera is larger too, and a child may stand, so that one clear sign is
// not enough, unless a child's voice and an adult's are both heard; and where
// only adults are heard, two are not.
const (
	// Ratios of face heights. Synthetic films.
	clearlyLarger = 1.12
	plainlyLarger = 1.4
	// Heights in the picture, in face heights.
	clearlyHigher = 0.35
	plainlyHigher = 1.0
	// mostSamples is the share of samples in which a sign must hold.
	mostSamples = 0.75

	votesNeeded          = 2
	votesNeededWithChild = 1 // a child and an adult are heard
	votesNeededNoChild   = 3 // many voices, none of them a child's
	votesMoreAmongMany   = 1 // more than two people, who sit or stand in rows
)

// assignRoles says which of the first two of ps is the adult and which the
// child, or that neither can be told.
func assignRoles(f *film, ps []*person, heard voicesHeard) {
	a, b := ps[0], ps[1]
	a.role, b.role = vig.RoleUnknown, vig.RoleUnknown
	var larger, higher []float64
	for i := range f.observations {
		if a.face[i] < 0 || b.face[i] < 0 {
			continue
		}
		x, y := a.place[i], b.place[i]
		_, ay := x.Center()
		_, by := y.Center()
		larger = append(larger, math.Log(x.H/y.H))
		higher = append(higher, (by-ay)/((x.H+y.H)/2))
	}
	votes := vote(larger, math.Log(clearlyLarger), math.Log(plainlyLarger)) + vote(higher, clearlyHigher, plainlyHigher)
	needed := votesNeeded
	switch heard {
	case adultAndChild:
		needed = votesNeededWithChild
	case adultsOnly:
		needed = votesNeededNoChild
	}
	if len(ps) > 2 {
		needed += votesMoreAmongMany
	}
	switch {
	case votes >= needed:
		a.role, b.role = vig.RoleAdult, vig.RoleChild
	case votes <= -needed:
		a.role, b.role = vig.RoleChild, vig.RoleAdult
	}
}

// vote returns 1 or 2 where v is mostly above zero and its median clearly or
// plainly so, −1 or −2 where it is below, and 0 where it says nothing.
func vote(v []float64, clearly, plainly float64) int {
	if len(v) == 0 {
		return 0
	}
	var above int
	for _, x := range v {
		if x > 0 {
			above++
		}
	}
	share := float64(above) / float64(len(v))
	m := median(v)
	switch {
	case share >= mostSamples && m >= plainly:
		return 2
	case share >= mostSamples && m >= clearly:
		return 1
	case share <= 1-mostSamples && m <= -plainly:
		return -2
	case share <= 1-mostSamples && m <= -clearly:
		return -1
	}
	return 0
}
