package testfilm

import "math"

// The mesh's grid: at a head of 250 pixels a face is under two pixels wide.
const (
	meshLat = 180
	meshLon = 240
)

// vertex is a point of a head's surface with what does not change as it turns.
type vertex struct {
	at, normal vec
	open       float64 // share of the sky that is not hidden by the head itself, 0–1
}

// mesh is the outermost surface of a head as seen from its middle.
type mesh []vertex

// build samples l's surface along rays to the middle of the head.
func build(l *look) mesh {
	const reach = 1.6 // beyond every part of a head
	middle := vec{0, -0.05, 0.05}
	m := make(mesh, 0, (meshLat+1)*meshLon)
	for i := range meshLat + 1 {
		lat := math.Pi * float64(i) / meshLat
		for j := range meshLon {
			lon := 2 * math.Pi * float64(j) / meshLon
			dir := vec{math.Sin(lat) * math.Sin(lon), math.Cos(lat), math.Sin(lat) * math.Cos(lon)}
			at := reach
			for range 60 {
				d := l.surface(middle.add(dir.mul(at)))
				if d < 5e-4 {
					break
				}
				at -= 0.7 * d
			}
			p := middle.add(dir.mul(at))
			n := l.normal(p)
			m = append(m, vertex{p, n, l.openness(p, n)})
		}
	}
	return m
}

func (l *look) normal(p vec) vec {
	const e = 0.006
	return vec{
		l.surface(vec{p.x + e, p.y, p.z}) - l.surface(vec{p.x - e, p.y, p.z}),
		l.surface(vec{p.x, p.y + e, p.z}) - l.surface(vec{p.x, p.y - e, p.z}),
		l.surface(vec{p.x, p.y, p.z + e}) - l.surface(vec{p.x, p.y, p.z - e}),
	}.unit()
}

// openness is ambient occlusion from a few samples of the distance field along
// the normal (Evans, Fast Approximations for Global Illumination on Dynamic
// Scenes, 2006).
func (l *look) openness(p, n vec) float64 {
	hidden, weight := 0.0, 1.0
	for i := 1; i <= 4; i++ {
		h := 0.05 * float64(i)
		hidden += weight * max(0, h-l.surface(p.add(n.mul(h))))
		weight *= 0.75
	}
	return clamp(1-2.6*hidden, 0, 1)
}
