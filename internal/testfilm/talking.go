package testfilm

import "time"

// Talking scripts an adult and a child who talk without turning to each other:
// now the one, now the other, and at times both at once. The same seed and
// duration give the same script.
func Talking(seed uint64, d time.Duration) *Script {
	s := newStage(seed, d)
	for at := time.Second; at+3*time.Second < d; {
		first := &s.adult
		if s.rand.IntN(2) == 0 {
			first = &s.child
		}
		end := s.say(first, at, s.between(0.7, 1.6)).End
		if s.rand.IntN(3) == 0 { // the other too, before the first has ended
			begins := at + s.between(0, 0.4)
			end = max(end, s.say(s.other(first), begins, s.between(0.7, 1.6)).End)
		}
		at = end + s.between(0.4, 1.2)
	}
	return &Script{Actors: []Actor{s.adult, s.child}}
}
