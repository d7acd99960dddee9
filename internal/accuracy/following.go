package accuracy

import (
	"slices"

	"attune/internal/testfilm"
	"attune/internal/vig"
)

// identities remembers as whom each was followed.
type identities struct {
	last  map[string]vig.PersonID
	swaps int
}

// see adds that somebody was followed as id, and counts when it is another than
// before. A face that was not followed leaves it open.
func (s *identities) see(name string, id vig.PersonID) {
	if id == "" {
		return
	}
	if before, ok := s.last[name]; ok && before != id {
		s.swaps++
	}
	s.last[name] = id
}

// Swaps returns how often somebody in a film goes on as another person than
// before: two who are taken for each other count two.
func Swaps(truth *testfilm.Truth, rec vig.Recording, scenes []vig.Scene) int {
	s := identities{last: map[string]vig.PersonID{}}
	for i, o := range rec.Observations {
		for k := range truth.People {
			p := &truth.People[k]
			state := truth.At(p, o.Time)
			if !state.InView {
				continue
			}
			at := slices.IndexFunc(o.Faces, func(f vig.Face) bool { return sameHead(f.Box, state.Box) })
			if at >= 0 && !crowded(truth, k, o) {
				s.see(p.Name, scenes[i].Faces[at].Person)
			}
		}
	}
	return s.swaps
}

// crowded reports whether the head of the k-th person is where another's is, as
// when one passes before the other: then it is open whose face was found.
func crowded(truth *testfilm.Truth, k int, o vig.Observation) bool {
	own := truth.At(&truth.People[k], o.Time).Box
	for j := range truth.People {
		if other := truth.At(&truth.People[j], o.Time); j != k && other.InView && other.Box.IoU(own) > 0 {
			return true
		}
	}
	return false
}

// LabelledSwaps is [Swaps] by the labels of a real film.
func LabelledSwaps(labels []Label, rec vig.Recording, scenes []vig.Scene) int {
	s := identities{last: map[string]vig.PersonID{}}
	for _, l := range labels {
		i, ok := nearest(rec.Observations, l.Time)
		if !ok {
			continue
		}
		best, most := -1, boxIoU
		for j, f := range rec.Observations[i].Faces {
			if iou := f.Box.IoU(l.Box); iou >= most {
				best, most = j, iou
			}
		}
		if best >= 0 {
			s.see(l.Person, scenes[i].Faces[best].Person)
		}
	}
	return s.swaps
}
