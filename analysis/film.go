package analysis

import (
	"cmp"
	"math"
	"slices"
	"time"

	"attune/internal/vig"
)

// film is a recording that was checked and put in order.
type film struct {
	span         vig.Span // from the first frame to the end
	aspect       float64
	observations []vig.Observation
	until        []time.Duration // until when the i-th observation holds
	sound        []vig.SoundFrame
}

// maxHold is for how long an observation is taken to hold when the next is
// late, as in a gap of the film: about the pause within which a head that is
// seen before and after may be taken not to have moved away.
const maxHold = time.Second

// fallbackAspect is the shape of nearly all films, for a recording that names
// none.
const fallbackAspect = 16.0 / 9

func newFilm(rec vig.Recording) *film {
	f := &film{aspect: rec.Aspect, sound: rec.Sound}
	if !(f.aspect > 0) || math.IsInf(f.aspect, 0) {
		f.aspect = fallbackAspect
	}
	for _, o := range rec.Observations {
		o.Faces = slices.Clone(o.Faces)
		for i := range o.Faces {
			o.Faces[i] = sane(o.Faces[i])
		}
		f.observations = append(f.observations, o)
	}
	slices.SortStableFunc(f.observations, func(a, b vig.Observation) int { return cmp.Compare(a.Time, b.Time) })
	f.span.End = rec.Duration
	if n := len(f.observations); n > 0 {
		f.span.End = max(f.span.End, f.observations[n-1].Time)
	}
	// A film ends with its picture; what sounds on after it cannot be watched.
	f.sound = f.sound[:min(len(f.sound), int((f.span.End+vig.SoundStep-1)/vig.SoundStep))]
	for i := range f.observations {
		next := f.span.End
		if i+1 < len(f.observations) {
			next = f.observations[i+1].Time
		}
		f.until = append(f.until, min(next, f.observations[i].Time+maxHold))
	}
	return f
}

// sane returns f with every number that is not finite taken as not seen, and
// a box of no size for one that is none.
func sane(f vig.Face) vig.Face {
	for _, v := range []float64{f.Box.X, f.Box.Y, f.Box.W, f.Box.H} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			f.Box = vig.Box{}
		}
	}
	if f.Box.W <= 0 || f.Box.H <= 0 {
		f.Box = vig.Box{}
	}
	for _, r := range []*vig.Reading{&f.Yaw, &f.Pitch, &f.Smile, &f.Gaze} {
		if math.IsNaN(r.Value) || math.IsInf(r.Value, 0) {
			*r = vig.Reading{}
		}
	}
	return f
}

// hold returns the span for which the i-th observation holds.
func (f *film) hold(i int) vig.Span {
	return vig.Span{Start: f.observations[i].Time, End: f.until[i]}
}

// apart returns how far the middles of a and b are from each other, in heights
// of the picture.
func (f *film) apart(a, b vig.Box) float64 {
	ax, ay := a.Center()
	bx, by := b.Center()
	return math.Hypot((ax-bx)*f.aspect, ay-by)
}

// runs returns the spans in which on holds, one value an observation.
// Neighbouring ones that are apart by no more than bridge become one.
func (f *film) runs(on func(i int) bool, bridge time.Duration) spans {
	var held []vig.Span
	for i := range f.observations {
		if on(i) {
			held = append(held, f.hold(i))
		}
	}
	return union(held, bridge)
}
