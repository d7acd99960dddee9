package testfilm

import "math"

// sprite is a small picture with soft edges; its colours are premultiplied.
type sprite struct {
	w, h   int
	cx, cy int    // the pixel that is put where the sprite is drawn
	bgra   []byte // A is coverage
}

// span of a sprite in head units: a head with hair and room to turn.
const spriteReach = 1.45

// pivot is where a head turns on its neck.
var pivot = vec{0, -0.35, -0.10}

var (
	keyLight  = vec{-0.40, 0.62, 0.75}.unit()
	fillLight = vec{0.75, 0.20, 0.65}.unit()
)

// turned is a rotation by pitch, then yaw, about the pivot.
type turned struct{ sy, cy, sp, cp float64 }

func turn(yaw, pitch float64) turned {
	var t turned
	t.sy, t.cy = math.Sincos(yaw * math.Pi / 180)
	t.sp, t.cp = math.Sincos(pitch * math.Pi / 180)
	return t
}

func (t turned) dir(p vec) vec {
	y, z := p.y*t.cp+p.z*t.sp, -p.y*t.sp+p.z*t.cp
	return vec{p.x*t.cy + z*t.sy, y, -p.x*t.sy + z*t.cy}
}

func (t turned) point(p vec) vec { return t.dir(p.sub(pivot)).add(pivot) }

// hit is the part of the surface that a pixel of a sprite shows.
type hit struct {
	depth      float64
	at, normal vec
	open       float64
}

// head renders a head of scale pixels a unit, turned and with the mien f.
func (l *look) head(m mesh, scale, yaw, pitch float64, f mien) *sprite {
	size := 2*int(spriteReach*scale) + 1
	mid := size / 2
	t := turn(yaw, pitch)
	const camera = 14 // head units away: about 1.6 m
	screen := make([]vec, len(m))
	for i := range m {
		q := t.point(m[i].at)
		k := scale * camera / (camera - q.z)
		screen[i] = vec{float64(mid) + q.x*k, float64(mid) - q.y*k, q.z}
	}
	hits := make([]hit, size*size)
	for i := range hits {
		hits[i].depth = math.Inf(-1)
	}
	for i := range meshLat {
		for j := range meshLon {
			a, b := i*meshLon+j, i*meshLon+(j+1)%meshLon
			c, d := a+meshLon, b+meshLon
			fill(hits, size, m, screen, a, c, b)
			fill(hits, size, m, screen, b, c, d)
		}
	}
	s := &sprite{w: size, h: size, cx: mid, cy: mid, bgra: make([]byte, 4*size*size)}
	for i := range hits {
		h := &hits[i]
		if math.IsInf(h.depth, -1) {
			continue
		}
		n := t.dir(h.normal.unit())
		key := max(0, (n.dot(keyLight)+0.25)/1.25)
		fillIn := max(0, (n.dot(fillLight)+0.4)/1.4)
		light := h.open*(0.26+0.12*n.y) + (0.35+0.65*h.open)*(0.62*key+0.22*fillIn)
		c := l.albedo(h.at, h.normal, f).mul(light)
		half := vec{keyLight.x, keyLight.y, keyLight.z + 1}.unit()
		shine := 0.05 * math.Pow(max(0, n.dot(half)), 18) * h.open
		s.bgra[4*i] = tone(c.z + shine)
		s.bgra[4*i+1] = tone(c.y + shine)
		s.bgra[4*i+2] = tone(c.x + shine)
		s.bgra[4*i+3] = 255
	}
	return s.soften()
}

// tone is linear light as a byte, by a gamma of 2.
func tone(v float64) byte { return byte(255 * math.Sqrt(clamp(v, 0, 1))) }

// fill draws one triangle of the mesh, those that face away left out.
func fill(hits []hit, size int, m mesh, screen []vec, ia, ib, ic int) {
	a, b, c := screen[ia], screen[ib], screen[ic]
	area := (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x)
	if area >= -1e-9 {
		return
	}
	x0, x1 := int(math.Ceil(min(a.x, b.x, c.x))), int(math.Floor(max(a.x, b.x, c.x)))
	y0, y1 := int(math.Ceil(min(a.y, b.y, c.y))), int(math.Floor(max(a.y, b.y, c.y)))
	x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, size-1), min(y1, size-1)
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			fx, fy := float64(x), float64(y)
			wa := ((b.x-fx)*(c.y-fy) - (b.y-fy)*(c.x-fx)) / area
			wb := ((c.x-fx)*(a.y-fy) - (c.y-fy)*(a.x-fx)) / area
			wc := 1 - wa - wb
			if wa < 0 || wb < 0 || wc < 0 {
				continue
			}
			depth := wa*a.z + wb*b.z + wc*c.z
			h := &hits[y*size+x]
			if depth <= h.depth {
				continue
			}
			va, vb, vc := &m[ia], &m[ib], &m[ic]
			h.depth = depth
			h.at = va.at.mul(wa).add(vb.at.mul(wb)).add(vc.at.mul(wc))
			h.normal = va.normal.mul(wa).add(vb.normal.mul(wb)).add(vc.normal.mul(wc))
			h.open = va.open*wa + vb.open*wb + vc.open*wc
		}
	}
}

// soften blurs s by a tent of three pixels, as a lens would, edges and all.
func (s *sprite) soften() *sprite {
	pass := func(src []byte, step, edge int) []byte {
		dst := make([]byte, len(src))
		for i := 4 * edge; i < len(src)-4*edge; i++ {
			dst[i] = byte((int(src[i-4*step]) + 2*int(src[i]) + int(src[i+4*step]) + 2) / 4)
		}
		return dst
	}
	s.bgra = pass(pass(s.bgra, 1, 1), s.w, s.w)
	return s
}

// draw puts s over the BGR picture at x, y.
func (s *sprite) draw(bgr []byte, w, h, x, y int) {
	x -= s.cx
	y -= s.cy
	for sy := max(0, -y); sy < min(s.h, h-y); sy++ {
		from, to := max(0, -x), min(s.w, w-x)
		if from >= to {
			return
		}
		src := s.bgra[4*(sy*s.w+from) : 4*(sy*s.w+to)]
		dst := bgr[3*((y+sy)*w+x+from):]
		for len(src) >= 4 {
			switch a := src[3]; a {
			case 0:
			case 255:
				dst[0], dst[1], dst[2] = src[0], src[1], src[2]
			default:
				k := 255 - uint32(a)
				dst[0] = byte(min(255, uint32(src[0])+uint32(dst[0])*k/255))
				dst[1] = byte(min(255, uint32(src[1])+uint32(dst[1])*k/255))
				dst[2] = byte(min(255, uint32(src[2])+uint32(dst[2])*k/255))
			}
			src, dst = src[4:], dst[3:]
		}
	}
}
