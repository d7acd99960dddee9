package accuracy

// Counts are the outcomes of a yes-or-no measurement against the truth.
type Counts struct {
	TruePositive, FalsePositive, FalseNegative, TrueNegative int
}

// Add counts one outcome.
func (c *Counts) Add(found, truth bool) {
	switch {
	case found && truth:
		c.TruePositive++
	case found:
		c.FalsePositive++
	case truth:
		c.FalseNegative++
	default:
		c.TrueNegative++
	}
}

// Plus returns the sum of c and o.
func (c Counts) Plus(o Counts) Counts {
	return Counts{
		c.TruePositive + o.TruePositive, c.FalsePositive + o.FalsePositive,
		c.FalseNegative + o.FalseNegative, c.TrueNegative + o.TrueNegative,
	}
}

// Precision returns the share of what was found that is true, 0–1; 1 if
// nothing was found.
func (c Counts) Precision() float64 {
	return ratio(c.TruePositive, c.TruePositive+c.FalsePositive)
}

// Recall returns the share of what is true that was found, 0–1; 1 if nothing
// is true.
func (c Counts) Recall() float64 {
	return ratio(c.TruePositive, c.TruePositive+c.FalseNegative)
}

// F1 returns the harmonic mean of precision and recall (van Rijsbergen 1979).
// Where nothing is true and nothing was found it is 1.
func (c Counts) F1() float64 {
	return ratio(2*c.TruePositive, 2*c.TruePositive+c.FalsePositive+c.FalseNegative)
}

func ratio(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}
