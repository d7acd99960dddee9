package testfilm

import "math"

// look is how one person's head is built and coloured. Lengths are in head
// units (see [vec]), colours linear RGB.
type look struct {
	cranium  vec     // half axes of the skull
	jaw      vec     // half axes of the lower face
	eyeX     float64 // half the distance of the pupils
	eyeY     float64
	eyeSize  float64 // 1 for an adult
	nose     float64 // how far the nose stands out, 1 for an adult
	cheek    float64 // fullness
	mouthY   float64
	skin     vec
	lip      vec
	hair     vec
	iris     vec
	hairline float64 // height of the hair above the forehead
	hairLow  float64 // how far down the hair falls behind the ears
	shirt    vec
}

// Proportions follow the usual drawing canon (eyes half way up the head, nose
// and mouth at a half and three quarters of the rest; a child's face small and
// low under a large skull), tuned until both detectors found the heads.
var (
	adultLook = look{
		cranium: vec{0.70, 0.72, 0.86}, jaw: vec{0.53, 0.72, 0.60},
		eyeX: 0.275, eyeY: 0.0, eyeSize: 1, nose: 0.95, cheek: 0.85, mouthY: -0.655,
		skin: vec{0.58, 0.36, 0.26}, lip: vec{0.40, 0.12, 0.11}, hair: vec{0.05, 0.03, 0.02}, iris: vec{0.08, 0.05, 0.03},
		hairline: 0.56, hairLow: 1.0, shirt: vec{0.10, 0.17, 0.30},
	}
	childLook = look{
		cranium: vec{0.76, 0.76, 0.86}, jaw: vec{0.59, 0.70, 0.58},
		eyeX: 0.29, eyeY: -0.10, eyeSize: 1.15, nose: 0.66, cheek: 1.2, mouthY: -0.70,
		skin: vec{0.66, 0.43, 0.33}, lip: vec{0.52, 0.17, 0.16}, hair: vec{0.16, 0.09, 0.04}, iris: vec{0.07, 0.05, 0.04},
		hairline: 0.44, hairLow: 1.25, shirt: vec{0.45, 0.16, 0.10},
	}
	passerLook = look{
		cranium: vec{0.69, 0.73, 0.85}, jaw: vec{0.55, 0.73, 0.60},
		eyeX: 0.28, eyeY: 0.01, eyeSize: 0.95, nose: 1, cheek: 0.8, mouthY: -0.655,
		skin: vec{0.40, 0.23, 0.15}, lip: vec{0.26, 0.08, 0.07}, hair: vec{0.02, 0.02, 0.02}, iris: vec{0.05, 0.03, 0.02},
		hairline: 0.60, hairLow: 0.9, shirt: vec{0.20, 0.24, 0.14},
	}
)

// ellipsoid is the bounded distance estimate of Quilez (iquilezles.org,
// "ellipsoid SDF").
func ellipsoid(p, c, r vec) float64 {
	p = p.sub(c)
	q := vec{p.x / r.x, p.y / r.y, p.z / r.z}
	k0 := q.len()
	k1 := vec{q.x / r.x, q.y / r.y, q.z / r.z}.len()
	if k1 < 1e-9 {
		return -min(r.x, r.y, r.z)
	}
	return k0 * (k0 - 1) / k1
}

// capsule is the distance to a cone with round ends.
func capsule(p, a, b vec, ra, rb float64) float64 {
	ab := b.sub(a)
	t := clamp(p.sub(a).dot(ab)/ab.dot(ab), 0, 1)
	return p.sub(a.add(ab.mul(t))).len() - (ra + (rb-ra)*t)
}

// union is the smooth minimum of Quilez (polynomial, k is the width of the
// blend).
func union(a, b, k float64) float64 {
	h := max(k-math.Abs(a-b), 0) / k
	return min(a, b) - h*h*k/4
}

func carve(a, b, k float64) float64 { return -union(-a, b, k) }

// inHair is positive where hair grows.
func (l *look) inHair(p vec) float64 {
	line := l.hairline - 1.25*max(0, 0.42-p.z)*l.hairLow
	return p.y - max(line, -0.55*l.hairLow) + 0.10*math.Abs(p.x)*smooth(0.2, 0.5, p.z)
}

// noseLength is 1 for an adult, and less for a flatter nose.
func (l *look) noseLength() float64 { return 0.6 + 0.4*l.nose }

// surface is the signed distance from p to the head.
func (l *look) surface(p vec) float64 {
	m := vec{math.Abs(p.x), p.y, p.z}
	ey, n := l.eyeY, l.nose
	d := ellipsoid(p, vec{0, 0.27, -0.08}, l.cranium)
	d = union(d, ellipsoid(p, vec{0, -0.30, 0.17}, l.jaw), 0.25)
	d = union(d, ellipsoid(p, vec{0, -0.86, 0.50}, vec{0.21, 0.15, 0.20}), 0.22)
	d = union(d, ellipsoid(m, vec{0.33, ey - 0.26, 0.44}, vec{0.19 * l.cheek, 0.19 * l.cheek, 0.23}), 0.18)
	d = union(d, ellipsoid(m, vec{0.22, ey + 0.16, 0.63}, vec{0.26, 0.08, 0.12}), 0.16)
	d = carve(d, ellipsoid(m, vec{l.eyeX, ey, 0.88}, vec{0.17, 0.095, 0.16}), 0.14)
	d = union(d, ellipsoid(m, vec{l.eyeX, ey, 0.585}, vec{0.145, 0.115, 0.145}), 0.03)
	d = union(d, ellipsoid(p, vec{0, l.mouthY, 0.60}, vec{0.27, 0.20, 0.20}), 0.15)
	tip := vec{0, ey - 0.37*l.noseLength(), 0.78 + 0.17*n}
	d = union(d, capsule(p, vec{0, ey + 0.04, 0.70 + 0.02*n}, tip, 0.06, 0.085), 0.10)
	d = union(d, ellipsoid(p, tip, vec{0.10, 0.09, 0.10}), 0.05)
	d = union(d, ellipsoid(m, vec{0.10, ey - 0.39*l.noseLength(), 0.74 + 0.07*n}, vec{0.075, 0.07, 0.10}), 0.05)
	d = union(d, ellipsoid(p, vec{0, l.mouthY + 0.035, 0.765}, vec{0.19, 0.04, 0.07}), 0.05)
	d = union(d, ellipsoid(p, vec{0, l.mouthY - 0.05, 0.755}, vec{0.16, 0.05, 0.07}), 0.05)
	d = union(d, ellipsoid(m, vec{0.72, ey - 0.10, -0.06}, vec{0.06, 0.21, 0.12}), 0.06)
	hair := ellipsoid(p, vec{0, 0.27, -0.08}, l.cranium.add(vec{0.075, 0.085, 0.085}))
	return min(d, carve(hair, 0.7*l.inHair(p), 0.08))
}
