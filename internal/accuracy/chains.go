package accuracy

import (
	"math/rand/v2"
	"slices"
	"time"

	"attune/internal/testfilm"
	"attune/internal/vig"
)

// ChainIoU is the overlap, intersection over union, from which a suggestion is
// said to show a scripted chain. A suggestion starts before the initiative and
// ends in a pause, so that it is longer than the chain it shows.
const ChainIoU = 0.3

// ChainsFound returns how many of the chains are shown by one of the spans.
func ChainsFound(chains []testfilm.Chain, spans []vig.Span) int {
	n := 0
	for _, c := range chains {
		for _, s := range spans {
			if c.Span.IoU(s) >= ChainIoU {
				n++
				break
			}
		}
	}
	return n
}

// draws is how many times random spans are drawn: the standard error of their
// mean is then below 0.02 chains for each chain in the film.
const draws = 1000

// RandomFound returns how many of the chains spans of the same lengths show on
// average when they are thrown on the film at random, apart from each other.
// The same seed gives the same answer.
func RandomFound(chains []testfilm.Chain, spans []vig.Span, film time.Duration, seed uint64) float64 {
	rng := rand.New(rand.NewPCG(seed, 0))
	sum := 0
	for range draws {
		sum += ChainsFound(chains, scattered(spans, film, rng))
	}
	return float64(sum) / draws
}

// scattered returns spans of the same lengths in random order with the rest of
// the film divided at random between them.
func scattered(spans []vig.Span, film time.Duration, rng *rand.Rand) []vig.Span {
	lengths, free := measured(spans, film)
	rng.Shuffle(len(lengths), func(i, j int) { lengths[i], lengths[j] = lengths[j], lengths[i] })
	// Cutting a line at uniform points gives every division the same chance.
	offsets := make([]time.Duration, len(lengths))
	for i := range offsets {
		offsets[i] = time.Duration(rng.Float64() * float64(free))
	}
	slices.Sort(offsets)
	return laid(lengths, offsets)
}

// EvenFound returns how many of the chains spans of the same lengths show when
// they are laid over the film with the same gap everywhere.
func EvenFound(chains []testfilm.Chain, spans []vig.Span, film time.Duration) int {
	lengths, free := measured(spans, film)
	offsets := make([]time.Duration, len(spans))
	for i := range offsets {
		offsets[i] = free * time.Duration(i+1) / time.Duration(len(spans)+1)
	}
	return ChainsFound(chains, laid(lengths, offsets))
}

// measured returns the lengths of spans, and how much of the film they leave.
func measured(spans []vig.Span, film time.Duration) (lengths []time.Duration, free time.Duration) {
	for _, s := range spans {
		lengths = append(lengths, s.Length())
		film -= s.Length()
	}
	return lengths, max(0, film)
}

// laid places lengths one after the other; the i-th starts after offsets[i] of
// free film and all lengths before it.
func laid(lengths, offsets []time.Duration) []vig.Span {
	spans := make([]vig.Span, len(lengths))
	var before time.Duration
	for i, l := range lengths {
		spans[i] = vig.Span{Start: offsets[i] + before, End: offsets[i] + before + l}
		before += l
	}
	return spans
}
