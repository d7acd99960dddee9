package testfilm

import (
	"math"
	"sync"

	"attune/internal/vig"
)

// facePoints are the points of a look's face: the skin before the ears.
var facePoints = [...]func() []vec{
	AdultLook:  sync.OnceValue(func() []vec { return faceSkin(AdultLook) }),
	ChildLook:  sync.OnceValue(func() []vec { return faceSkin(ChildLook) }),
	PasserLook: sync.OnceValue(func() []vec { return faceSkin(PasserLook) }),
}

func faceSkin(look Look) []vec {
	const every = 7 // enough to find the edges within a hundredth of a head
	l := looks[look]
	var points []vec
	for i, v := range l.mesh() {
		if i%every == 0 && v.at.z > 0.12 && l.inHair(v.at) < -0.05 {
			points = append(points, v.at)
		}
	}
	return points
}

// faceBox returns the box around the face of a in pose p.
func faceBox(a *Actor, p pose, aspect float64) vig.Box {
	t := turn(p.yaw, p.pitch)
	lo, hi := vec{x: math.Inf(1), y: math.Inf(1)}, vec{x: math.Inf(-1), y: math.Inf(-1)}
	for _, v := range facePoints[a.Look]() {
		q := t.point(v)
		lo.x, hi.x = min(lo.x, q.x), max(hi.x, q.x)
		lo.y, hi.y = min(lo.y, q.y), max(hi.y, q.y)
	}
	unit := a.Size / 2
	return vig.Box{
		X: p.x + lo.x*unit/aspect, Y: p.y - hi.y*unit,
		W: (hi.x - lo.x) * unit / aspect, H: (hi.y - lo.y) * unit,
	}
}
