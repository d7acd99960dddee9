package analysis

import (
	"math"

	"attune/internal/vig"
)

// halfway is the share of the way from the camera's direction to somebody from
// which on eyes are nearer to them than to the camera. It is no fitted value.
const halfway = 0.5

// gazes returns where the eyes of p look, steadied: also on samples on which
// the face was seen but not the eyes, which are looked at more seldom.
func (p *person) gazes(f *film) []vig.Reading {
	raw := p.read(f, func(x vig.Face) vig.Reading { return x.Gaze })
	return running(f, raw, func(i int) bool { return p.face[i] >= 0 })
}

// looksPast reports whether eyes were seen that look elsewhere than from a head
// at a to one at b: nearer to the camera than to b. Of somebody above or below
// they are not asked, since only gaze to the side was measured.
func (f *film) looksPast(a, b vig.Box, eyes vig.Reading) bool {
	ax, ay := a.Center()
	bx, by := b.Center()
	dx, dy := (bx-ax)*f.aspect, by-ay
	if !eyes.Seen || math.Abs(dx) < math.Abs(dy) {
		return false
	}
	return math.Copysign(1, dx)*eyes.Value < halfway*f.gaze(a, b, math.Hypot(dx, dy))
}

// seenBy says what shows where the given ones of the two are turned in s: their
// eyes too, if those of each were seen for half of it or more.
func (m *meeting) seenBy(s vig.Span, who ...int) string {
	for _, k := range who {
		eyes := m.film.runs(func(i int) bool { return m.two[k].gaze[i].Seen }, 0)
		if 2*eyes.overlap(s) < s.Length() {
			return byHead
		}
	}
	return byEyes
}
