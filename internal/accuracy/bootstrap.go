package accuracy

import (
	"math"
	"math/rand/v2"
	"slices"
)

// resamples is enough for the ends of a 95 % interval to be steady to about a
// hundredth (Efron and Tibshirani, An Introduction to the Bootstrap, 1993,
// ask for 1,000 and more).
const resamples = 2000

// Interval returns the 95 % bootstrap interval of a figure over films: films
// are drawn with replacement, since the samples of one film are alike. The same
// films give the same interval.
func Interval[T any](films []T, figure func([]T) float64) (low, high float64) {
	rng := rand.New(rand.NewPCG(1, uint64(len(films))))
	var figures []float64
	drawn := make([]T, len(films))
	for range resamples {
		for i := range drawn {
			drawn[i] = films[rng.IntN(len(films))]
		}
		if f := figure(drawn); !math.IsNaN(f) {
			figures = append(figures, f)
		}
	}
	if len(figures) == 0 {
		return math.NaN(), math.NaN()
	}
	slices.Sort(figures)
	at := func(share float64) float64 { return figures[int(share*float64(len(figures)-1))] }
	return at(0.025), at(0.975)
}
