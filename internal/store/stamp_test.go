package store

import (
	"testing"
	"time"
)

func TestStamp(t *testing.T) {
	t.Parallel()
	berlin := time.FixedZone("CET", 3600)
	for _, test := range []struct{ stored, read time.Time }{
		{time.Time{}, time.Time{}},
		{time.Date(2026, 2, 3, 4, 5, 6, 123456789, berlin), time.Date(2026, 2, 3, 3, 5, 6, 123456000, time.UTC)},
		{time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC)},
	} {
		value, err := stamp{&test.stored}.Value()
		if err != nil {
			t.Fatal(err)
		}
		got := time.Now()
		if err := (stamp{&got}).Scan(value); err != nil || got != test.read {
			t.Errorf("%v is read as %v (%v)", test.stored, got, err)
		}
	}
	var into time.Time
	if err := (stamp{&into}).Scan("2026-02-03"); err == nil {
		t.Error("a text was read as a time")
	}
}
