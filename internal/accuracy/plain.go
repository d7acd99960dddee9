package accuracy

import (
	"math"

	"attune/internal/vig"
)

// plainYaw is the turn, in degrees, from which the plain rule takes a face to
// be turned to whoever is on that side.
const plainYaw = 25

// turnedAside reports whether face i of o is turned to the side of the picture
// on which face j is, by more than plainYaw.
func turnedAside(o vig.Observation, i, j int) bool {
	yaw := o.Faces[i].Yaw
	return yaw.Seen && math.Abs(yaw.Value) > plainYaw && yaw.Value*across(o, i, j) > 0
}

// across returns how far face j of o is to the right of face i.
func across(o vig.Observation, i, j int) float64 {
	from, _ := o.Faces[i].Box.Center()
	to, _ := o.Faces[j].Box.Center()
	return to - from
}

// plainAny is the plain rule: face i is turned to everybody on its side.
func plainAny(o vig.Observation, i, j int) bool { return i >= 0 && j >= 0 && turnedAside(o, i, j) }

// plainNearest is the plain rule where a face is turned to one person only: to
// the nearest on its side.
func plainNearest(o vig.Observation, i, j int) bool {
	if !plainAny(o, i, j) {
		return false
	}
	for k := range o.Faces {
		if k != i && turnedAside(o, i, k) && math.Abs(across(o, i, k)) < math.Abs(across(o, i, j)) {
			return false
		}
	}
	return true
}
