package analysis

import (
	"cmp"
	"slices"

	"attune/internal/vig"
)

// How the two who meet are told among several. What passes between two people
// counts in full: the time they are turned to each other, the time for which
// each has been turned to the other, and that of their chains of turns. Who looks
// on at others, or sits in the same picture, does no more than that, for however
// long: it decides only where nothing passes between anybody. A tenth and a
// hundredth keep the three apart over a film: a bystander who looks on for all of
// ten minutes is worth a minute, and one who is only there 6 s.
const (
	lookingOn  = 0.1
	beingThere = 0.01
	// withinReach is how far two may sit from each other, in heights of a face,
	// and count in full; farther off they count the less. It is the outer bound
	// of personal distance, 1.2 m (Hall, The Hidden Dimension, 1966), a face
	// being about 0.2 m high.
	withinReach = 6.0
)

// meetFirst puts the two who meet in front of ps: of all pairs the one between
// whom most passes. It returns false if there are no two who are ever seen
// together.
func meetFirst(f *film, ps []*person) bool {
	switch len(ps) {
	case 0, 1:
		return false
	case 2:
		return ps[0].seen.and(ps[1].seen).length() > 0
	}
	fs := newFacings(f, ps)
	moved := movements(f, ps)
	acts := make([]spans, len(ps))
	for k, p := range ps {
		acts[k] = moves(f, p, moved[k])
	}
	a, b := -1, -1
	var most float64
	for i := range ps {
		for j := i + 1; j < len(ps); j++ {
			if w := passes(f, ps, fs, acts, i, j); w > most {
				a, b, most = i, j, w
			}
		}
	}
	if a < 0 {
		return false
	}
	first, second := ps[a], ps[b]
	others := slices.DeleteFunc(slices.Clone(ps), func(p *person) bool { return p == first || p == second })
	copy(ps, append([]*person{first, second}, others...))
	return true
}

// passes returns how much passes between the i-th and the j-th of ps, in
// seconds; 0 if they are never seen together.
func passes(f *film, ps []*person, fs facings, acts []spans, i, j int) float64 {
	together := ps[i].seen.and(ps[j].seen).length()
	if together == 0 {
		return 0
	}
	there, back := fs.spans(f, i, j), fs.spans(f, j, i)
	between := there.and(back).length() + min(there.length(), back.length())
	var all []Turn
	for _, of := range [][2]int{{i, j}, {j, i}} {
		shifted := f.headShifts(shifts(f, fs[of[0]][of[1]]))
		all = append(all, turns(of[0], ps[of[0]].id, nil, acts[of[0]], shifted)...)
	}
	slices.SortStableFunc(all, func(a, b Turn) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	apart := f.runs(func(k int) bool { return fs[i][j][k] == no && fs[j][i][k] == no }, 0)
	for _, c := range chains(all, union(slices.Concat(there, back), 0), apart) {
		between += c.Span.Length()
	}
	w := between.Seconds() + lookingOn*(there.length()+back.length()).Seconds() + beingThere*together.Seconds()
	return w * min(1, withinReach/f.usualReach(ps[i], ps[j]))
}

// usualReach returns how far apart a and b are in the median while both faces
// are seen, in heights of a face; they are seen together at some time.
func (f *film) usualReach(a, b *person) float64 {
	var all []float64
	for i := range f.observations {
		if a.face[i] >= 0 && b.face[i] >= 0 {
			all = append(all, f.reach(a.place[i], b.place[i]))
		}
	}
	if len(all) == 0 {
		return withinReach // seen in turns, within the time that is bridged
	}
	return median(all)
}

// orderTwo puts the adult before the child, or the one farther left in the
// picture before the other where roles are not known.
func orderTwo(ps []*person) {
	a, b := ps[0], ps[1]
	if a.role == vig.RoleChild || a.role == vig.RoleUnknown && b.middle() < a.middle() {
		ps[0], ps[1] = b, a
	}
}
