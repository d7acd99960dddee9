package pipeline

import (
	"math"
	"math/bits"
	"time"

	"github.com/asticode/go-astiav"
)

// clock turns the PTS of one stream into time from the first frame of the
// film's picture, and back.
type clock struct {
	num, den int64         // seconds of one unit of PTS
	origin   time.Duration // time of the film's first frame on the container's clock
}

func newClock(base astiav.Rational, origin time.Duration) clock {
	return clock{int64(base.Num()), int64(base.Den()), origin}
}

// valid reports whether the clock has a time base at all.
func (c clock) valid() bool { return c.num > 0 && c.den > 0 }

// at returns the time of pts, to the nearest nanosecond. Times that a Duration
// cannot hold become the largest that it can.
func (c clock) at(pts int64) time.Duration {
	t := c.length(pts)
	return clampDuration(float64(t)-float64(c.origin), t-c.origin)
}

// length returns how long n units of PTS are.
func (c clock) length(n int64) time.Duration {
	return time.Duration(mulDiv(n, c.num*int64(time.Second), c.den))
}

// pts returns the last PTS at or before t.
func (c clock) pts(t time.Duration) int64 {
	n := mulDiv(int64(t+c.origin), c.den, c.num*int64(time.Second))
	if c.at(n) > t {
		n--
	}
	return n
}

// clampDuration returns d, or the bound that the same sum in float64 passed.
func clampDuration(sum float64, d time.Duration) time.Duration {
	switch {
	case sum >= math.MaxInt64:
		return math.MaxInt64
	case sum <= math.MinInt64:
		return math.MinInt64
	}
	return d
}

// mulDiv returns a × b ÷ c to the nearest integer, for b ≥ 0 and c > 0, with
// 128 bits between; what an int64 cannot hold becomes the largest that it can.
func mulDiv(a, b, c int64) int64 {
	negative := a < 0
	u := uint64(a)
	if negative {
		u = -u
	}
	hi, lo := bits.Mul64(u, uint64(b))
	lo, carry := bits.Add64(lo, uint64(c)/2, 0)
	hi += carry
	q := uint64(math.MaxInt64)
	if hi < uint64(c) {
		q, _ = bits.Div64(hi, lo, uint64(c))
		q = min(q, math.MaxInt64)
	}
	if negative {
		return -int64(q)
	}
	return int64(q)
}
