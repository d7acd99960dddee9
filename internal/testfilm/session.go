package testfilm

import (
	"math/rand/v2"
	"slices"
	"time"

	"attune/internal/vig"
)

// Session scripts a meeting of an adult (left) and a child (right): chains
// with quiet stretches between them in which the two look elsewhere, and
// things that only look like a part of a chain: speaking that nobody answers,
// a turn to the other that is not returned, a smile or movement alone. The
// same seed and duration give the same script. There are 3 chains in a minute
// and 8 in ten; none if d is under 14 s.
func Session(seed uint64, d time.Duration) *Script {
	return newStage(seed, d).session(chainCount(d))
}

// NeverTurn scripts two people who speak, smile and move, but neither turns to
// the other.
func NeverTurn(seed uint64, d time.Duration) *Script {
	s := newStage(seed, d)
	s.aloof = true
	return s.session(0)
}

// Alone scripts an adult without a child.
func Alone(seed uint64, d time.Duration) *Script {
	s := NeverTurn(seed, d)
	s.Actors = s.Actors[:1]
	s.Actors[0].X = 0.45
	return s
}

// Passing scripts a [Session] behind which somebody walks through the room,
// from left to right and back, looking where they go.
func Passing(seed uint64, d time.Duration) *Script {
	s := Session(seed, d)
	p := Actor{Name: "passer", Role: vig.RoleUnknown, Look: PasserLook, X: -0.15, Y: 0.20, Size: 0.20}
	walk := min(10*time.Second, d/3)
	p.Shift.To(d/10, walk, 1.3)
	p.Yaw.To(0, 0, 65)
	p.Shift.To(d-d/10-walk, walk, 0)
	p.Yaw.To(d/2, 0, -65)
	s.Actors = slices.Insert(s.Actors, 0, p)
	return s
}

// Nobody scripts an empty room.
func Nobody() *Script { return &Script{} }

func chainCount(d time.Duration) int {
	switch {
	case d < 14*time.Second:
		return 0
	case d < time.Minute:
		return max(1, int(d/(20*time.Second)))
	}
	return min(12, 3+int((d-time.Minute)*5/(9*time.Minute)))
}

// stage is a script in the making.
type stage struct {
	rand         *rand.Rand
	end          time.Duration
	adult, child Actor
	chains       []Chain
	aloof        bool          // nobody may turn to the other
	quiet        time.Duration // no voice may start before
	kinds        []int         // distractors to come
}

func newStage(seed uint64, d time.Duration) *stage {
	s := &stage{rand: rand.New(rand.NewPCG(seed, 0x5e551)), end: d}
	s.kinds = []int{alone, waiting, busy, unreturned, amused, calm} // a short film shows the first of these; later they are shuffled
	s.adult = Actor{Name: "adult", Role: vig.RoleAdult, Look: AdultLook, X: 0.33, Y: 0.37, Size: 0.31}
	s.child = Actor{Name: "child", Role: vig.RoleChild, Look: ChildLook, X: 0.66, Y: 0.50, Size: 0.25}
	s.adult.Yaw.To(0, 0, -6)
	s.child.Yaw.To(0, 0, 8)
	return s
}

// between picks a time, in whole grid steps so that the truth has no half
// states.
func (s *stage) between(lo, hi float64) time.Duration {
	d := time.Duration(s.number(lo, hi) * float64(time.Second))
	return d.Round(stateStep)
}

func (s *stage) number(lo, hi float64) float64 { return lo + (hi-lo)*s.rand.Float64() }

func (s *stage) other(a *Actor) *Actor {
	if a == &s.adult {
		return &s.child
	}
	return &s.adult
}

// toward is the sign of the yaw that turns a to the other.
func (s *stage) toward(a *Actor) float64 {
	if a == &s.adult {
		return 1
	}
	return -1
}

func (s *stage) session(chains int) *Script {
	at := time.Duration(0)
	for i := range chains {
		slot := s.end / time.Duration(chains)
		length := s.between(6, clamp(slot.Seconds()-8, 6, 11))
		const lead, tail = 3 * time.Second, 4 * time.Second // a pause on either side
		room := max(0, slot-lead-tail-length)
		start := slot*time.Duration(i) + lead + s.between(0, room.Seconds())
		s.filler(at, start)
		at = s.chain(start.Round(stateStep), length)
	}
	s.filler(at, s.end)
	return &Script{Actors: []Actor{s.adult, s.child}, Chains: s.chains}
}

// say adds a burst of voice and returns its span.
func (s *stage) say(a *Actor, at, length time.Duration) vig.Span {
	pitch := s.number(170, 215)
	if a == &s.child {
		pitch = s.number(300, 390)
	}
	v := Voice{Span: vig.Span{Start: at, End: at + length}, Pitch: pitch}
	a.Voices = append(a.Voices, v)
	return v.Span
}

// chain scripts one chain of about length from at, and returns when both have
// turned away again.
func (s *stage) chain(at, length time.Duration) time.Duration {
	first := &s.child
	if s.rand.IntN(4) == 0 {
		first = &s.adult
	}
	second := s.other(first)
	var c Chain
	c.Initiator = first.Name
	add := func(k StepKind, a *Actor, span vig.Span) {
		c.Steps = append(c.Steps, Step{Kind: k, Who: a.Name, Span: span})
		c.Span = vig.Span{Start: at, End: max(c.Span.End, span.End)}
	}

	span := s.say(first, at, s.between(0.5, 0.9))
	add(Initiative, first, span)
	first.Yaw.To(at, s.between(0.4, 0.6), s.toward(first)*s.number(42, 72))
	first.Pitch.To(at, 400*time.Millisecond, s.tilt(first))
	if s.rand.IntN(2) == 0 {
		s.move(first, at, span.Length()+400*time.Millisecond)
	}

	turns := at + s.between(0.4, 1.2)
	facing := vig.Span{Start: turns, End: turns + s.between(0.4, 0.64)}
	second.Yaw.To(facing.Start, facing.Length(), s.toward(second)*s.number(42, 72))
	second.Pitch.To(facing.Start, facing.Length(), s.tilt(second))
	add(Reception, second, facing)

	speaker, kind := second, Response
	free := max(span.End, facing.End)
	for {
		start := free + s.between(0.32, 0.8)
		if kind == Further && start+800*time.Millisecond > at+length {
			break
		}
		span = s.say(speaker, start, s.between(0.6, 1.3))
		add(kind, speaker, span)
		if kind == Response {
			s.smile(speaker, start, 1)
		}
		free, speaker = span.End, s.other(speaker)
		switch kind {
		case Response:
			kind = SecondTurn
			if s.rand.IntN(3) > 0 {
				s.smile(speaker, start+s.between(0.3, 0.7), 1)
			}
		default:
			kind = Further
		}
	}
	s.chains = append(s.chains, c)

	// The pause in which the moment ends: both still face each other, silent.
	away := c.Span.End + s.between(0.6, 1.0)
	done := away
	for _, a := range []*Actor{&s.adult, &s.child} {
		leave := away + s.between(0, 0.5)
		if a.Smile.At(leave) > 0 {
			s.smile(a, leave, 0)
		}
		done = max(done, s.look(a, leave))
	}
	s.quiet = c.Span.End + 3500*time.Millisecond
	return done
}

// tilt makes the taller look down to the other, and the smaller up.
func (s *stage) tilt(a *Actor) float64 {
	if a == &s.adult {
		return s.number(-10, -4)
	}
	return s.number(3, 9)
}

func (s *stage) smile(a *Actor, at time.Duration, to float64) {
	a.Smile.To(at, 400*time.Millisecond, to*s.number(0.85, 1))
}

func (s *stage) move(a *Actor, at, length time.Duration) {
	a.Move.To(at, 200*time.Millisecond, 1)
	a.Move.To(at+length, 300*time.Millisecond, 0)
}

// look turns a to somewhere that is not the other, and returns when the head
// has stopped.
func (s *stage) look(a *Actor, at time.Duration) time.Duration {
	side := -s.toward(a)
	over := s.between(0.4, 0.7)
	yaw, pitch := s.number(-8, 8), s.number(-4, 4)
	switch s.rand.IntN(3) {
	case 0: // away from the other
		yaw = side * s.number(25, 65)
	case 1: // down, at a toy
		yaw, pitch = side*s.number(0, 18), s.number(-22, -14)
	}
	a.Yaw.To(at, over, yaw)
	a.Pitch.To(at, over, pitch)
	return at + over
}

// filler lets both look elsewhere between from and to, with distractors, and
// leaves the last second free.
func (s *stage) filler(from, to time.Duration) {
	last := to - 1200*time.Millisecond
	for at := from + s.between(0.4, 1); ; {
		length := s.between(2.4, 3.6)
		if at+length+700*time.Millisecond > last {
			return
		}
		if len(s.kinds) == 0 {
			s.kinds = s.rand.Perm(distractors)
		}
		// A voice needs silence on both sides, so it goes first where it fits.
		fits := at > s.quiet && at+4800*time.Millisecond < to
		next := slices.IndexFunc(s.kinds, func(k int) bool { return (k == alone) == fits })
		if next < 0 && fits {
			next = 0
		}
		var a *Actor
		kind := calm
		if next >= 0 {
			kind = s.kinds[next]
			s.kinds = slices.Delete(s.kinds, next, next+1)
		}
		switch {
		case kind == waiting:
			a = &s.adult
		case kind == unreturned, s.rand.IntN(2) == 0:
			a = &s.child
		default:
			a = &s.adult
		}
		s.distract(a, kind, at, length)
		if s.rand.IntN(2) == 0 {
			s.look(s.other(a), at+s.between(0.1, 0.6))
		}
		at += length + s.between(0.8, 1.6)
	}
}

// What looks like a part of a chain and is none.
const (
	alone       = iota // speaks, without an answer
	unreturned         // the child turns to the adult, who goes on looking elsewhere
	waiting            // the adult turns to the child and waits, in vain
	busy               // moves
	amused             // smiles alone
	calm               // looks elsewhere
	distractors        // their number
)

// distract lets a do something of the kind for about length.
func (s *stage) distract(a *Actor, kind int, at, length time.Duration) {
	switch kind {
	case alone:
		span := s.say(a, at, s.between(0.7, 1.6))
		s.quiet = span.End + 3500*time.Millisecond
	case unreturned, waiting:
		if !s.aloof {
			a.Yaw.To(at, 500*time.Millisecond, s.toward(a)*s.number(40, 72))
			a.Pitch.To(at, 500*time.Millisecond, s.tilt(a))
			at += length
		}
		s.look(a, at)
	case busy:
		s.move(a, at, length-500*time.Millisecond)
	case amused:
		s.smile(a, at, 1)
		s.smile(a, at+length-400*time.Millisecond, 0)
	case calm:
		s.look(a, at)
	}
}
