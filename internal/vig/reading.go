package vig

import (
	"encoding/json"
	"math"
)

// Reading is a measured number that may not have been seen. Its zero value is
// "not seen". In JSON it is a number, or null where not seen.
type Reading struct {
	Value float64
	Seen  bool
}

// Read returns a Reading that was seen.
func Read(v float64) Reading { return Reading{Value: v, Seen: true} }

// MarshalJSON writes the value, rounded to three decimals so that the same
// film gives the same bytes, or null.
func (r Reading) MarshalJSON() ([]byte, error) {
	if !r.Seen {
		return []byte("null"), nil
	}
	return json.Marshal(Round3(r.Value))
}

// UnmarshalJSON reads a number or null.
func (r *Reading) UnmarshalJSON(b []byte) error {
	var v *float64
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	*r = Reading{}
	if v != nil {
		*r = Read(*v)
	}
	return nil
}

// Round3 rounds to three decimals: a millisecond, a thousandth of a picture,
// far below what any of our measurements can tell apart.
func Round3(v float64) float64 { return math.Round(v*1000) / 1000 }
