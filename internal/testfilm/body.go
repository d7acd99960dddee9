package testfilm

import "math"

// armPoses is how many pictures of the arms are made from down to up.
const armPoses = 12

// body renders neck, trunk and arms of somebody whose head has scale pixels a
// unit, down to low units under the middle of the head, which is where the
// sprite is put. arms is 0–1.
func (l *look) body(scale, low, arms float64) *sprite {
	const wide = 2.5 // head units to each side
	w, h := 2*int(wide*scale)+1, int((low-0.3)*scale)
	s := &sprite{w: w, h: h, cx: w / 2, cy: -int(0.3 * scale), bgra: make([]byte, 4*w*h)}
	lift := 0.9 * arms
	for y := range h {
		for x := range w {
			p := vec{float64(x-w/2) / scale, -0.3 - float64(y)/scale, 0}
			m := vec{math.Abs(p.x), p.y, 0}
			neck := capsule(m, vec{}, vec{0, -1.3, 0}, 0.36, 0.46)
			trunk := union(
				capsule(m, vec{0, -1.58, 0}, vec{1.10, -1.80, 0}, 0.42, 0.36),
				capsule(m, vec{0.45, -2.3, 0}, vec{0.5, -9, 0}, 0.75, 0.75), 0.4)
			elbow := vec{1.50 + 0.25*lift, -2.95 + 0.35*lift, 0}
			sleeve := capsule(m, vec{1.18, -1.85, 0}, elbow, 0.36, 0.29)
			wrist := elbow.add(vec{-0.55 + 0.6*lift, -0.75 + 1.7*lift, 0})
			sleeve = union(sleeve, capsule(m, elbow, wrist, 0.28, 0.22), 0.08)
			hand := capsule(m, wrist, wrist.add(vec{-0.10, -0.25 + 0.5*lift, 0}), 0.19, 0.16)
			var c vec
			var d, round float64
			switch { // from the front
			case hand < 0:
				c, d, round = l.skin, hand, 0.2
			case sleeve < 0:
				c, d, round = l.shirt, sleeve, 0.3
			case trunk < 0 && !(neck < 0 && p.y > -1.42+0.5*sq(p.x)):
				c, d, round = l.shirt, trunk, 0.6
			case neck < 0:
				c, d, round = l.skin, neck, 0.4
				c = c.mul(1 - 0.62*smooth(-1.30, -0.85, p.y))
			default:
				continue
			}
			shade := 0.50 + 0.42*math.Sqrt(min(1, -d/round)) - 0.10*p.x
			if c == l.shirt {
				fold := math.Sin(5*p.x+2.3*p.y) * math.Sin(1.7*p.x-3.1*p.y)
				shade *= 1 + 0.10*fold + 0.03*grain(float64(x), float64(y))
			}
			c = c.mul(shade)
			i := 4 * (y*w + x)
			s.bgra[i], s.bgra[i+1], s.bgra[i+2], s.bgra[i+3] = tone(c.z), tone(c.y), tone(c.x), 255
		}
	}
	return s.soften()
}
