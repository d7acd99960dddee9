package store

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// stamp is a time as it is stored: microseconds since 1970 in UTC, 0 for the
// zero time.
type stamp struct{ *time.Time }

// Value returns the number that is stored.
func (s stamp) Value() (driver.Value, error) {
	if s.IsZero() {
		return int64(0), nil
	}
	return s.UnixMicro(), nil
}

// Scan reads the number that is stored.
func (s stamp) Scan(stored any) error {
	n, ok := stored.(int64)
	if !ok {
		return fmt.Errorf("a time is stored as %T", stored)
	}
	*s.Time = time.Time{}
	if n != 0 {
		*s.Time = time.UnixMicro(n).UTC()
	}
	return nil
}

// moment returns the time now as it will be read again.
func (s *Store) moment() time.Time { return s.now().UTC().Truncate(time.Microsecond) }
