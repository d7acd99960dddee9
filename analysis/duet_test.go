package analysis

import (
	"testing"
	"time"

	"attune/internal/testfilm"
	"attune/internal/vig"
)

// whose counts, for each true owner of a voice, as whose it is heard.
type whose map[string]map[string]int

// heardAs compares the owners of the voices of a scripted film with what is
// heard, step by step; the first and last of a voice are left out.
func heardAs(f testfilm.Film) whose {
	v := NewVoice()
	v.Write(f.Sound(voiceRate))
	heard := bursts(v.Frames())
	names := map[register]string{anyVoice: "a voice", adultVoice: "adult", childVoice: "child", bothVoices: "both"}
	out := whose{}
	for at := time.Duration(0); at < f.Duration; at += vig.SoundStep {
		truth := ownerAt(f.Script, at)
		if truth != ownerAt(f.Script, at-2*vig.SoundStep) || truth != ownerAt(f.Script, at+2*vig.SoundStep) {
			continue
		}
		got := "silence"
		for _, b := range heard {
			if b.span.Contains(at) {
				got = names[b.register]
			}
		}
		if out[truth] == nil {
			out[truth] = map[string]int{}
		}
		out[truth][got]++
	}
	return out
}

func ownerAt(s *testfilm.Script, at time.Duration) string {
	owner := "silence"
	for _, a := range s.Actors {
		for _, v := range a.Voices {
			switch {
			case !v.Span.Contains(at):
			case owner == "silence":
				owner = string(a.Role)
			default:
				owner = "both"
			}
		}
	}
	return owner
}

func (w whose) share(truth, got string) float64 {
	total := 0
	for _, n := range w[truth] {
		total += n
	}
	return float64(w[truth][got]) / float64(max(1, total))
}

func (w whose) add(o whose) {
	for truth, row := range o {
		if w[truth] == nil {
			w[truth] = map[string]int{}
		}
		for got, n := range row {
			w[truth][got] += n
		}
	}
}

// Where an adult and a child speak at once both are heard, mostly, and where one
// speaks never both. In steps of 40 ms of synthetic voices: of 546 with both, 488
// are heard as both and 58 as the adult alone; of 1,488 with one none as both.
func TestTwoVoicesAtOnce(t *testing.T) {
	t.Parallel()
	all := whose{}
	for seed := range uint64(3) {
		const length = time.Minute
		all.add(heardAs(testfilm.Film{Seed: seed, Duration: length, Script: testfilm.Talking(seed, length)}))
	}
	for _, truth := range []string{"adult", "child", "both", "silence"} {
		t.Logf("%s is heard as %v", truth, all[truth])
	}
	if s := all.share("both", "both"); s < 0.85 {
		t.Errorf("%.2f of two voices at once are heard as both", s)
	}
	for _, one := range []string{"adult", "child"} {
		if s := all.share(one, one); s < 0.98 || all[one]["both"] > 0 {
			t.Errorf("%s alone is heard as %v", one, all[one])
		}
	}
}

// duettists returns two voices that sound for a second, the child's quieter
// than the adult's by so many dB, in noise 30 dB below the adult's.
func duettists(adult, child, quieter float64) []vig.SoundFrame {
	pcm := noise(3*time.Second, -75, 1)
	for _, x := range [][]float32{vowel(time.Second, adult, -26, 30, 2), vowel(time.Second, child, -26-quieter, 30, 3)} {
		for i, v := range x {
			pcm[voiceRate+i] += v
		}
	}
	v := NewVoice()
	v.Write(pcm)
	return v.Frames()
}

func TestDuets(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		adult, child, quieter float64
		want                  bool
	}{
		{120, 290, 0, true}, {190, 330, 0, true}, {215, 380, 0, true}, {190, 330, 6, true}, {190, 330, -6, true},
		{190, 330, 30, false},                      // only the adult is to be heard
		{165, 330, 0, false}, {110, 330, 0, false}, // the child's harmonics are the adult's
	} {
		both := 0
		for _, s := range duettists(tc.adult, tc.child, tc.quieter) {
			if s.Other > 0 {
				both++
			}
		}
		if got := both > 15; got != tc.want {
			t.Errorf("%v and %v Hz, %v dB quieter: two voices in %d of 25 steps", tc.adult, tc.child, tc.quieter, both)
		}
	}
}
