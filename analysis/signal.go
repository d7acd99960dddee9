package analysis

import (
	"slices"
	"time"

	"attune/internal/vig"
)

// The names of signals.
const (
	SignalFacing   = "facing" // of two: the first is turned to the second
	SignalMutual   = "mutual facing"
	SignalSmile    = "smile"
	SignalVoice    = "voice"
	SignalMovement = "movement"
)

// signals returns the numbers over time of the people: the two who meet if
// two is true, otherwise whoever is there.
func signals(f *film, ps []*person, fs facings, moved [][]vig.Reading, m *meeting, heard []burst) []vig.Signal {
	var out []vig.Signal
	add := func(name string, points []vig.Point, who ...*person) {
		var ids []vig.PersonID
		for _, p := range who {
			ids = append(ids, p.id)
		}
		out = append(out, vig.Signal{Name: name, People: ids, Points: points})
	}
	main := ps
	if m != nil {
		a, b := m.two[0], m.two[1]
		main = m.two[:]
		add(SignalFacing, f.answers(fs[0][1]), a, b)
		add(SignalFacing, f.answers(fs[1][0]), b, a)
		add(SignalMutual, f.answers(mutual(fs[0][1], fs[1][0])), a, b)
	}
	for _, p := range main {
		add(SignalSmile, f.readings(p.smile), p)
	}
	if m != nil {
		for k, p := range m.two {
			if len(m.voice[k]) > 0 {
				add(SignalVoice, f.edges(m.voice[k]), p)
			}
		}
	}
	if len(f.sound) > 0 {
		add(SignalVoice, f.edges(voiced(heard)))
	}
	for k, p := range main {
		add(SignalMovement, f.readings(moved[k]), p)
	}
	return out
}

// voiced returns when there is a voice, whosever.
func voiced(heard []burst) spans {
	var all []vig.Span
	for _, b := range heard {
		all = append(all, b.span)
	}
	return union(all, 0)
}

// mutual returns the answers to whether both are turned to each other: no as
// soon as one is not, even where the other was not seen.
func mutual(a, b []answer) []answer {
	out := make([]answer, len(a))
	for i := range out {
		switch {
		case a[i] == no || b[i] == no:
			out[i] = no
		case a[i] == yes && b[i] == yes:
			out[i] = yes
		}
	}
	return out
}

func (f *film) answers(a []answer) []vig.Point {
	r := make([]vig.Reading, len(a))
	for i, v := range a {
		switch v {
		case no:
			r[i] = vig.Read(0)
		case yes:
			r[i] = vig.Read(1)
		}
	}
	return f.readings(r)
}

// readings returns the points of r, without those that repeat the value before
// them.
func (f *film) readings(r []vig.Reading) []vig.Point {
	var out []vig.Point
	for i, v := range r {
		if v.Seen {
			v.Value = max(0, min(1, v.Value))
		}
		if n := len(out); n > 0 && out[n-1].Value == v {
			continue
		}
		out = append(out, vig.Point{Time: f.observations[i].Time, Value: v})
	}
	return out
}

// edges returns the points of a signal that is 1 while ss runs and 0 between.
func (f *film) edges(ss spans) []vig.Point {
	out := []vig.Point{{Value: vig.Read(0)}}
	for _, s := range ss {
		out = append(out, vig.Point{Time: s.Start, Value: vig.Read(1)}, vig.Point{Time: s.End, Value: vig.Read(0)})
	}
	return out
}

// scenes returns what each observation shows.
func scenes(f *film, ps []*person, fs facings, moved [][]vig.Reading, heard []burst) []vig.Scene {
	voice := voiced(heard)
	out := make([]vig.Scene, len(f.observations))
	var before time.Duration
	for i, o := range f.observations {
		s := vig.Scene{Time: o.Time, Faces: make([]vig.FaceOf, len(o.Faces)), Motion: map[vig.PersonID]float64{}}
		for k, p := range ps {
			if moved[k][i].Seen {
				s.Motion[p.id] = moved[k][i].Value
			}
			if p.face[i] < 0 {
				continue
			}
			face := &s.Faces[p.face[i]]
			face.Person = p.id
			for j, other := range ps {
				if j != k && fs[k][j][i] == yes {
					face.Facing = append(face.Facing, other.id)
				}
			}
		}
		if o.Time > before {
			s.Voice = share(voice.overlap(vig.Span{Start: before, End: o.Time}), o.Time-before)
		}
		before = o.Time
		out[i] = s
	}
	return out
}

// people returns ps as they are told to others.
func people(f *film, ps []*person) []vig.Person {
	var out []vig.Person
	for _, p := range ps {
		seen := len(p.face) - len(slices.DeleteFunc(slices.Clone(p.face), func(j int) bool { return j >= 0 }))
		role := p.role
		if role == "" {
			role = vig.RoleUnknown
		}
		out = append(out, vig.Person{ID: p.id, Role: role, Coverage: float64(seen) / float64(len(f.observations))})
	}
	return out
}
