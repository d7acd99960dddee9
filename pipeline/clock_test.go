package pipeline

import (
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/asticode/go-astiav"
	"pgregory.net/rapid"
)

func TestMulDivIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Int64().Draw(t, "a")
		b := rapid.Int64Range(0, math.MaxInt64).Draw(t, "b")
		c := rapid.Int64Range(1, math.MaxInt64).Draw(t, "c")
		// |a|·b ÷ c, rounded half up, with the sign put back.
		n := new(big.Int).Mul(new(big.Int).Abs(big.NewInt(a)), big.NewInt(b))
		n.Add(n, big.NewInt(c/2)).Div(n, big.NewInt(c))
		if !n.IsInt64() {
			n.SetInt64(math.MaxInt64)
		}
		if a < 0 {
			n.Neg(n)
		}
		if got := mulDiv(a, b, c); got != n.Int64() {
			t.Fatalf("mulDiv(%d, %d, %d) = %d, want %v", a, b, c, got, n)
		}
	})
}

func TestClock(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		num, den int
		origin   time.Duration
		pts      int64
		want     time.Duration
	}{
		{"first frame", 1, 90000, 1400 * time.Millisecond, 126000, 0},
		{"NTSC", 1, 30000, 0, 1001, 33366667},
		{"milliseconds", 1, 1000, 67 * time.Millisecond, 100, 33 * time.Millisecond},
		{"before the origin", 1, 1000, time.Second, 500, -500 * time.Millisecond},
		{"hours", 1, 90000, 0, 90000 * 3600 * 4, 4 * time.Hour},
		{"far beyond what a Duration holds", 1, 1, 0, math.MaxInt64, math.MaxInt64},
		{"far before it", 1, 1, time.Hour, math.MinInt64 + 1, math.MinInt64},
	} {
		c := newClock(astiav.NewRational(test.num, test.den), test.origin)
		if got := c.at(test.pts); got != test.want {
			t.Errorf("%s: at(%d) = %v, want %v", test.name, test.pts, got, test.want)
		}
	}
}

func TestClockBackwards(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		den := rapid.SampledFrom([]int{1000, 600, 12800, 30000, 90000, 1000000}).Draw(t, "den")
		c := newClock(astiav.NewRational(1, den), time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "origin")))
		at := time.Duration(rapid.Int64Range(0, int64(4*time.Hour)).Draw(t, "t"))
		n := c.pts(at)
		if c.at(n) > at || c.at(n+1) <= at {
			t.Fatalf("pts(%v) = %d, of time %v; the next is %v", at, n, c.at(n), c.at(n+1))
		}
	})
}
