package testfilm

import "math"

// vec is a point or direction in a head's own space: x to the right of the
// picture when the head faces the camera, y up, z to the camera; a head is two
// units high from chin to crown.
type vec struct{ x, y, z float64 }

func (a vec) add(b vec) vec            { return vec{a.x + b.x, a.y + b.y, a.z + b.z} }
func (a vec) sub(b vec) vec            { return vec{a.x - b.x, a.y - b.y, a.z - b.z} }
func (a vec) mul(k float64) vec        { return vec{a.x * k, a.y * k, a.z * k} }
func (a vec) dot(b vec) float64        { return a.x*b.x + a.y*b.y + a.z*b.z }
func (a vec) len() float64             { return math.Sqrt(a.dot(a)) }
func (a vec) unit() vec                { return a.mul(1 / a.len()) }
func (a vec) mix(b vec, t float64) vec { return a.add(b.sub(a).mul(t)) }

func clamp(v, lo, hi float64) float64 { return max(lo, min(hi, v)) }

// smooth is Hermite's step from 0 at a to 1 at b; a may be above b.
func smooth(a, b, v float64) float64 {
	t := clamp((v-a)/(b-a), 0, 1)
	return t * t * (3 - 2*t)
}
