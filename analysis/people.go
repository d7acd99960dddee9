package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"attune/internal/vig"
)

// person is somebody who was followed through the film. The slices hold one
// value for each observation.
type person struct {
	id   vig.PersonID
	role vig.Role

	face  []int     // index of the face, −1 where it was not seen
	place []vig.Box // where the head is, also shortly before and after it was seen; no size where not known
	left  []bool    // the place is that of a face at the picture's edge, from longer than maxHold ago
	seen  spans     // when the face was seen, gaps up to maxHold bridged

	yaw, pitch, smile []vig.Reading // steadied over the neighbouring samples
	gaze              []vig.Reading // of the eyes; the same, and where a neighbouring sample saw it

	parts   []*tracklet // in order of time
	home    vig.Box     // usual place, forgetting slowly
	palette palette
	count   int // sightings
}

const (
	// placeHold is how long somebody is taken to be still where the face was
	// last seen: a face turned away or covered mostly comes back within it.
	placeHold = 3 * time.Second
	// Joining two tracklets: how many face heights apart they may be at first,
	// how many more for each second between them, and at most. Two who sit
	// side by side are two face heights apart or more. Synthetic films.
	joinReach    = 1.5
	joinSpeed    = 0.5
	maxJoinReach = 3.0
	// maxJoinGrowth bounds the ratio of their sizes.
	maxJoinGrowth = 1.7
	// joinColours is what other colours cost, in face heights for an unlikeness
	// of 1: a person who differs by 0.25 more than another is not taken for that
	// one even where the place is just that of the one and as far as can be from
	// that of the other (maxJoinReach); what somebody differs from themselves,
	// 0.1, is worth little more than one face height. walking is how fast
	// somebody may come back elsewhere, in face heights a second: 1.4 m/s
	// (Bohannon, Age and Ageing 26, 1997), faces being about 0.2 m high.
	joinColours = 12.0
	walking     = 7.0
	// homeMemory is over how long somebody's usual place is averaged, and
	// homeDoubt what it costs, in face heights, to rely on it alone.
	homeMemory = 10 * time.Second
	homeDoubt  = 0.5
	// Somebody is followed who was seen for a fifth of the film, or for ten
	// seconds in all: passers-by are not. Of the labelled real films everybody is
	// seen for 0.39 of the film or more, what is no face for 0.1 at most. At most
	// eight, those seen most.
	followedShare = 0.2
	followedTime  = 10 * time.Second
	maxFollowed   = 8
	// crowded is the share of the film with three faces at once from which on
	// it is one of more than two people.
	crowded = 0.02
	// steadying is the width of the window of the running median over yaw,
	// pitch and smile: a head turn takes about half a second, so that a median
	// as wide keeps its onset and takes out single bad readings.
	steadying = 500 * time.Millisecond
)

// follow finds the people of f, those seen most first.
func follow(f *film) []*person {
	ps := join(f, tracklets(f))
	if !isCrowded(f, ps) {
		ps = gather(f, ps)
	}
	enough := min(followedTime, time.Duration(followedShare*float64(f.span.End)))
	ps = slices.DeleteFunc(ps, func(p *person) bool { return p.time(f) < enough })
	byCount(ps)
	ps = ps[:min(len(ps), maxFollowed)]
	for _, p := range ps {
		p.fill(f)
	}
	return ps
}

func byCount(ps []*person) {
	slices.SortStableFunc(ps, func(a, b *person) int { return cmp.Compare(b.count, a.count) })
}

// number gives ids in the order of ps.
func number(ps []*person) {
	for i, p := range ps {
		p.id = vig.PersonID(fmt.Sprintf("p%d", i+1))
	}
}

// join makes people of tracklets: each continues somebody who is not seen at
// the time and was last, or is usually, near by and of about the same size, or
// who is dressed alike; the nearest and most alike of them. Otherwise it is
// somebody new. Where a face was merely followed and not seen again does not
// count: what is followed may be the wall behind somebody who left. Nothing of
// a face itself is looked at: two dressed alike who change sides while neither
// is in the picture are taken for each other.
func join(f *film, all []*tracklet) []*person {
	var ps []*person
	for _, t := range all {
		var best *person
		cheapest := math.Inf(1)
		for _, p := range ps {
			if c, ok := p.joinCost(f, t); ok && c < cheapest {
				best, cheapest = p, c
			}
		}
		if best == nil {
			best = &person{home: f.boxOf(t.sightings[0])}
			ps = append(ps, best)
		}
		best.take(f, t)
	}
	return ps
}

func (p *person) joinCost(f *film, t *tracklet) (float64, bool) {
	last := p.parts[len(p.parts)-1].looked
	first := t.sightings[0]
	gap := f.observations[first.observation].Time - f.observations[last.observation].Time
	if gap <= 0 {
		return 0, false
	}
	reach := min(joinReach+joinSpeed*gap.Seconds(), maxJoinReach)
	box := f.boxOf(first)
	near, growth := f.step(f.boxOf(last), box)
	home, homeGrowth := f.step(p.home, box)
	d := min(near, home+homeDoubt)
	g := min(growth, homeGrowth)
	unlike, sure := p.palette.unlike(&t.palette)
	if sure == 1 && unlike <= alike && near <= joinReach+walking*gap.Seconds() {
		d = min(d, reach)
	}
	fits := d <= reach && g <= math.Log(maxJoinGrowth) && !(sure == 1 && unlike >= clearlyOther)
	return d + g + joinColours*(usualUnlike+sure*(unlike-usualUnlike)), fits
}

func (p *person) take(f *film, t *tracklet) {
	if n := len(p.parts); n > 0 {
		p.count -= p.parts[n-1].endBefore(t.sightings[0].observation)
	}
	p.parts = append(p.parts, t)
	p.count += len(t.sightings)
	p.palette.addAll(t.palette)
	for k := 1; k < len(t.sightings); k++ {
		s := t.sightings[k]
		dt := f.observations[s.observation].Time - f.observations[t.sightings[k-1].observation].Time
		w := 1 - math.Exp(-dt.Seconds()/homeMemory.Seconds())
		b := f.boxOf(s)
		p.home.X += w * (b.X - p.home.X)
		p.home.Y += w * (b.Y - p.home.Y)
		p.home.W += w * (b.W - p.home.W)
		p.home.H += w * (b.H - p.home.H)
	}
}

func (f *film) boxOf(s sighting) vig.Box { return f.observations[s.observation].Faces[s.face].Box }

// isCrowded reports whether three of ps are seen at once for more than a
// passing moment.
func isCrowded(f *film, ps []*person) bool {
	at := make([]int, len(f.observations))
	for _, p := range ps {
		for _, t := range p.parts {
			for _, s := range t.sightings {
				at[s.observation]++
			}
		}
	}
	var three int
	for _, n := range at {
		if n >= 3 {
			three++
		}
	}
	return float64(three) > crowded*float64(len(at))
}

// gather gives the stray tracklets of a film of two people to the one of them
// who was not seen at the time: whoever comes back at another place is still
// one of the two.
func gather(f *film, ps []*person) []*person {
	byCount(ps)
	if len(ps) <= 2 {
		return ps
	}
	two, strays := ps[:2:2], ps[2:]
	var rest []*person
	for _, stray := range strays {
		left := &person{home: stray.home}
		for _, t := range stray.parts {
			switch a, b := two[0].meets(t), two[1].meets(t); {
			case a && !b && two[1].couldBe(f, t):
				two[1].insert(t)
			case b && !a && two[0].couldBe(f, t):
				two[0].insert(t)
			case !a && !b && two[0].couldBe(f, t) && two[0].moreAlike(two[1], t):
				two[0].insert(t)
			case !a && !b && two[1].couldBe(f, t) && two[1].moreAlike(two[0], t):
				two[1].insert(t)
			default:
				left.insert(t)
			}
		}
		if left.count > 0 {
			rest = append(rest, left)
		}
	}
	return append(two, rest...)
}

// couldBe reports whether t has the size that p has elsewhere, and not quite
// other colours.
func (p *person) couldBe(f *film, t *tracklet) bool {
	_, growth := f.step(p.home, f.boxOf(t.sightings[0]))
	unlike, sure := p.palette.unlike(&t.palette)
	return growth <= math.Log(maxJoinGrowth) && !(sure == 1 && unlike >= clearlyOther)
}

// moreAlike reports whether the colours of t are those of p rather than of o.
func (p *person) moreAlike(o *person, t *tracklet) bool {
	mine, sure := p.palette.unlike(&t.palette)
	other, surely := o.palette.unlike(&t.palette)
	return sure == 1 && surely == 1 && mine <= alike && mine+usualUnlike <= other
}

// meets reports whether p is seen while t runs.
func (p *person) meets(t *tracklet) bool {
	first, last := t.sightings[0].observation, t.sightings[len(t.sightings)-1].observation
	return slices.ContainsFunc(p.parts, func(o *tracklet) bool {
		return o.sightings[0].observation <= last && first <= o.sightings[len(o.sightings)-1].observation
	})
}

func (p *person) insert(t *tracklet) {
	p.parts = append(p.parts, t)
	p.count += len(t.sightings)
	p.palette.addAll(t.palette)
	slices.SortStableFunc(p.parts, func(a, b *tracklet) int {
		return cmp.Compare(a.sightings[0].observation, b.sightings[0].observation)
	})
}

// time returns for how long the face of p was seen.
func (p *person) time(f *film) time.Duration {
	var sum time.Duration
	for _, t := range p.parts {
		for _, s := range t.sightings {
			sum += f.hold(s.observation).Length()
		}
	}
	return sum
}

// fill makes the values by observation from the tracklets of p.
func (p *person) fill(f *film) {
	n := len(f.observations)
	p.face = slices.Repeat([]int{-1}, n)
	for _, t := range p.parts {
		for _, s := range t.sightings {
			p.face[s.observation] = s.face
		}
	}
	p.seen = f.runs(func(i int) bool { return p.face[i] >= 0 }, 0)
	p.placeHeads(f)
	p.yaw = p.steady(f, func(x vig.Face) vig.Reading { return x.Yaw })
	p.pitch = p.steady(f, func(x vig.Face) vig.Reading { return x.Pitch })
	p.smile = p.steady(f, func(x vig.Face) vig.Reading { return x.Smile })
	p.gaze = p.gazes(f)
}

// placeHeads says where the head of p is: where the face was seen, else where
// it was last or will be next, whichever is nearer in time, up to placeHold. A
// face that reached over the picture's edge has as likely left it.
func (p *person) placeHeads(f *film) {
	p.place = make([]vig.Box, len(p.face))
	p.left = make([]bool, len(p.face))
	nearest := make([]time.Duration, len(p.face))
	sweep := func(order func(k int) int) {
		last := -1
		for k := range p.face {
			i := order(k)
			if p.face[i] >= 0 {
				last = i
				p.place[i], nearest[i] = f.observations[i].Faces[p.face[i]].Box, 0
				continue
			}
			if last < 0 {
				continue
			}
			away := (f.observations[i].Time - f.observations[last].Time).Abs()
			if away <= placeHold && (p.place[i].H == 0 || away < nearest[i]) {
				p.place[i], nearest[i] = p.place[last], away
				p.left[i] = away > maxHold && overEdge(p.place[last])
			}
		}
	}
	sweep(func(k int) int { return k })
	sweep(func(k int) int { return len(p.face) - 1 - k })
}

// overEdge reports whether b reaches over an edge of the picture.
func overEdge(b vig.Box) bool { return b.X < 0 || b.Y < 0 || b.X+b.W > 1 || b.Y+b.H > 1 }

// steady returns the running median of what read gives for the faces of p. A
// value that was not seen stays not seen.
func (p *person) steady(f *film, read func(vig.Face) vig.Reading) []vig.Reading {
	raw := p.read(f, read)
	return running(f, raw, func(i int) bool { return raw[i].Seen })
}

// read returns what read gives for the faces of p.
func (p *person) read(f *film, read func(vig.Face) vig.Reading) []vig.Reading {
	raw := make([]vig.Reading, len(p.face))
	for i, j := range p.face {
		if j >= 0 {
			raw[i] = read(f.observations[i].Faces[j])
		}
	}
	return raw
}

// running returns the running median of raw for the observations that are asked
// for, not seen where nothing was within the window.
func running(f *film, raw []vig.Reading, asked func(i int) bool) []vig.Reading {
	out := make([]vig.Reading, len(raw))
	var window []float64
	lo, hi := 0, 0
	for i := range raw {
		at := f.observations[i].Time
		for f.observations[lo].Time < at-steadying/2 {
			lo++
		}
		for hi < len(raw) && f.observations[hi].Time <= at+steadying/2 {
			hi++
		}
		if !asked(i) {
			continue
		}
		window = window[:0]
		for _, o := range raw[lo:hi] {
			if o.Seen {
				window = append(window, o.Value)
			}
		}
		if len(window) > 0 {
			out[i] = vig.Read(median(window))
		}
	}
	return out
}

// median returns the middle of v, which it sorts; the mean of the middle two
// where there are two. v is not empty.
func median(v []float64) float64 {
	slices.Sort(v)
	m := len(v) / 2
	if len(v)%2 == 1 {
		return v[m]
	}
	return (v[m-1] + v[m]) / 2
}
