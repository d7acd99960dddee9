package testfilm

import "time"

// Changing scripts an adult and a child who go about a room and are to be told
// apart: every half minute they leave the picture and come back each on the
// other's side, or on their own, or walk across, the child in front. They look
// about, speak to nobody and have no chains. The same seed and duration give the
// same script.
func Changing(seed uint64, d time.Duration) *Script {
	s := newStage(seed, d)
	const every, out = 30 * time.Second, 1500 * time.Millisecond
	actors := []*Actor{&s.adult, &s.child}
	sides := [2]float64{s.adult.X, s.child.X}
	at := [2]int{0, 1} // on which side each is
	place := func(k, side int) float64 { return sides[side] - actors[k].X }
	off := func(k, side int) float64 { return []float64{-0.3, 1.3}[side] - actors[k].X }
	for start := 10 * time.Second; start+every/2 < d; start += every {
		kind := s.rand.IntN(4)
		swapped := [2]int{1 - at[0], 1 - at[1]}
		switch kind {
		case 0: // across, seen by all
			for k, a := range actors {
				a.Shift.To(start, s.between(2.5, 4), place(k, swapped[k]))
			}
			at = swapped
		default: // out, each on their side; back, on the other's or on their own
			next := swapped
			if kind == 1 {
				next = at
			}
			for k, a := range actors {
				a.Shift.To(start, out, off(k, at[k]))
				back := start + out + s.between(1.5, 8)
				a.Shift.To(back, 0, off(k, next[k]))
				a.Shift.To(back, out, place(k, next[k]))
			}
			at = next
		}
		for _, a := range actors {
			a.Yaw.To(start+every/2, time.Second, s.number(-25, 25))
			a.Yaw.To(start+every/2+5*time.Second, time.Second, s.number(-15, 15))
		}
	}
	return &Script{Actors: []Actor{s.adult, s.child}}
}
