package analysis

import "time"

// A smile is on from smileOn and lasts until the reading falls below smileOff,
// so that it does not flicker. What is shorter than leastSmile is a movement of
// the mouth: smiles mostly last from two thirds of a second to four seconds
// (Ekman and Friesen, Felt, false, and miserable smiles, 1982). The levels were
// chosen on the labelled real films of testdata, for few false smiles.
const (
	smileOn    = 0.6
	smileOff   = 0.4
	leastSmile = 500 * time.Millisecond
)

// smiles returns when p smiles.
func smiles(f *film, p *person) spans {
	on := false
	at := func(i int) bool {
		r := p.smile[i]
		switch {
		case !r.Seen:
			on = false
		case on:
			on = r.Value >= smileOff
		default:
			on = r.Value >= smileOn
		}
		return on
	}
	return f.runs(at, steadying).atLeast(leastSmile)
}
