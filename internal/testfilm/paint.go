package testfilm

import "math"

// mien is what a face does, each 0–1.
type mien struct {
	smile float64
	mouth float64 // how far open
	lids  float64 // how far closed
}

// grain is noise in −1…1 that stays where it is on the surface.
func grain(x, y float64) float64 {
	s := math.Sin(x*127.1+y*311.7) * 43758.5453
	return 2*(s-math.Floor(s)) - 1
}

// albedo is the colour of l's surface at p.
func (l *look) albedo(p, normal vec, f mien) vec {
	hair := l.inHair(p)
	if hair > 0.02+0.02*math.Sin(p.x*60+p.z*47) {
		strand := 1 + 0.35*math.Sin(40*math.Atan2(p.x, p.z)+3*math.Sin(9*p.y))
		return l.hair.mul(strand)
	}
	c := l.skin
	x, y := math.Abs(p.x), p.y-l.eyeY
	if hair > -0.06 {
		c = c.mix(l.hair, 0.5*smooth(-0.06, 0.02, hair))
	}
	if p.z < 0.15 {
		return c
	}
	flush := math.Exp(-sq((x-0.36)/0.17) - sq((y+0.30)/0.14))
	c = c.mix(vec{c.x * 1.05, c.y * 0.82, c.z * 0.80}, (0.55+0.45*f.smile)*flush)
	c = c.mix(vec{c.x, c.y * 0.86, c.z * 0.84}, math.Exp(-sq(p.x/0.12)-sq((y+0.37*l.noseLength())/0.10)))
	// A smile lifts the cheeks and folds the skin between nose and mouth.
	if f.smile > 0 {
		lift := math.Exp(-sq((x-0.35)/0.13) - sq((y+0.22)/0.10))
		fold := x - (0.15 + 0.62*(-0.38-y))
		crease := math.Exp(-sq(fold/0.022)) * smooth(-0.66, -0.58, y) * smooth(-0.34, -0.42, y)
		c = c.mul(1 + 0.22*f.smile*lift - 0.40*f.smile*crease)
	}
	if normal.y < -0.1 {
		nostril := math.Exp(-sq((x-0.055)/0.032) - sq((y+0.435*l.noseLength())/0.035))
		c = c.mul(1 - 0.85*min(1, 1.4*nostril)*smooth(-0.1, -0.4, normal.y))
	}
	c = l.brow(c, x, y)
	c = l.eye(c, p, x, y, f)
	return l.mouth(c, p, f)
}

func (l *look) brow(c vec, x, y float64) vec {
	along := (x - 0.10) / 0.36
	if along < -0.1 || along > 1.1 {
		return c
	}
	arch := 0.185 + 0.055*math.Sin(math.Pi*clamp(along*0.8+0.1, 0, 1))
	half := 0.034 * (1 - 0.55*along)
	on := smooth(half+0.018, half-0.010, math.Abs(y-arch)) * smooth(-0.08, 0.06, along) * smooth(1.08, 0.9, along)
	return c.mix(l.hair.mul(1.5).add(l.skin.mul(0.06)), 0.88*on)
}

func (l *look) eye(c, p vec, x, y float64, f mien) vec {
	u := (x - l.eyeX) / l.eyeSize // towards the temple
	v := y / l.eyeSize
	if math.Abs(u) > 0.24 || math.Abs(v) > 0.17 {
		return c
	}
	// The upper lid's fold, and the shadow of the socket.
	c = c.mul(1 - 0.33*math.Exp(-sq(u/0.15)-sq((v-0.085)/0.035)))
	c = c.mul(1 - 0.20*math.Exp(-sq(u/0.15)-sq((v+0.085)/0.030)))
	w := u / 0.140
	shape := 1 - w*w
	if shape <= 0 {
		return c
	}
	upper := 0.068*math.Pow(shape, 0.7)*(1-1.5*f.lids) + 0.012*w - 0.012*f.smile
	lower := -0.046*math.Pow(shape, 0.8) + 0.012*w + 0.020*f.smile
	upper = max(upper, lower)
	in := smooth(-0.008, 0.008, upper-v) * smooth(-0.008, 0.008, v-lower)
	white := vec{0.62, 0.58, 0.55}.mul(1 - 0.35*w*w - 2.5*max(0, 0.03-(upper-v)))
	r := math.Hypot(p.x-math.Copysign(l.eyeX, p.x), (y-0.008)) / l.eyeSize
	white = white.mix(l.iris, smooth(0.070, 0.058, r))
	white = white.mix(vec{0.005, 0.005, 0.005}, smooth(0.034, 0.026, r))
	g := math.Hypot(p.x-math.Copysign(l.eyeX, p.x)+0.022, y-0.033)
	white = white.mix(vec{0.9, 0.9, 0.9}, smooth(0.018, 0.008, g))
	c = c.mix(white, in)
	lash := smooth(0.020, 0.004, math.Abs(v-upper-0.008)) * smooth(0, 0.25, shape)
	c = c.mix(vec{0.02, 0.015, 0.012}, 0.9*lash)
	return c.mul(1 - 0.25*smooth(0.012, 0.002, math.Abs(v-lower+0.004)))
}

func (l *look) mouth(c, p vec, f mien) vec {
	half := 0.230 + 0.105*f.smile - 0.03*f.mouth
	u := p.x / half
	v := p.y - l.mouthY - f.smile*0.075*(u*u-0.25)
	if math.Abs(u) > 1.25 || p.z < 0.3 {
		return c
	}
	shape := math.Sqrt(max(0, 1-u*u))
	gap := 0.17*f.mouth*shape*shape + 0.065*f.smile*shape
	bow := 0.060 - 0.016*math.Exp(-sq(u/0.16)) + 0.010*math.Exp(-sq((math.Abs(u)-0.25)/0.15))
	thin := 1 - 0.15*f.smile
	upper := 0.25*gap + bow*shape*thin
	lower := -0.75*gap - 0.080*shape*thin
	on := smooth(-0.010, 0.010, upper-v) * smooth(-0.010, 0.010, v-lower) * smooth(1.02, 0.95, math.Abs(u))
	shade := l.lip
	if v < -0.3*gap {
		shade = shade.mul(1.15)
	}
	c = c.mix(shade, 0.95*on)
	c = c.mul(1 - 0.28*math.Exp(-sq(p.x/0.15)-sq((p.y-l.mouthY+0.165+0.04*f.smile)/0.035)))
	corner := math.Exp(-sq((math.Abs(p.x)-half)/0.028) - sq((v-0.005)/0.024))
	c = c.mul(1 - (0.45+0.25*f.smile)*corner)
	if gap > 0.012 {
		in := smooth(-0.008, 0.008, 0.25*gap-v) * smooth(-0.008, 0.008, v+0.75*gap)
		inside := vec{0.06, 0.015, 0.015}
		teeth := smooth(0, 0.01, v-(0.25*gap-max(0.035, 0.7*gap*f.smile))) * smooth(0.95, 0.75, math.Abs(u))
		inside = inside.mix(vec{0.70, 0.66, 0.60}, teeth*clamp(0.35+f.smile, 0, 0.95))
		return c.mix(inside, in)
	}
	line := smooth(0.018, 0.004, math.Abs(v)) * smooth(1.05, 0.95, math.Abs(u))
	return c.mix(vec{0.10, 0.03, 0.03}, 0.8*line)
}

func sq(v float64) float64 { return v * v }
