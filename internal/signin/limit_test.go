package signin

import (
	"strconv"
	"testing"
	"time"
)

func TestLimit(t *testing.T) {
	t.Parallel()
	l := NewLimit(3, time.Minute)
	now := time.Date(2026, 5, 3, 10, 0, 0, 0, time.UTC)
	for i := range 3 {
		if wait := l.Take("anna", now); wait != 0 {
			t.Errorf("try %d waits %v", i, wait)
		}
	}
	for range 10 { // those that are not allowed make nobody wait longer
		if wait := l.Take("anna", now); wait != time.Minute {
			t.Errorf("the fourth waits %v", wait)
		}
	}
	if wait := l.Take("bert", now); wait != 0 {
		t.Errorf("another waits %v", wait)
	}
	if wait := l.Take("anna", now.Add(time.Minute)); wait != 0 {
		t.Errorf("after a minute it waits %v", wait)
	}
	if wait := l.Take("anna", now.Add(time.Minute)); wait == 0 {
		t.Error("and once more")
	}
	l.Forgive("anna")
	if wait := l.Take("anna", now.Add(time.Minute)); wait != 0 {
		t.Errorf("forgiven, it waits %v", wait)
	}
}

// However many come, it remembers so many, the latest.
func TestLimitRoom(t *testing.T) {
	t.Parallel()
	l := NewLimit(1, time.Hour)
	now := time.Date(2026, 5, 3, 10, 0, 0, 0, time.UTC)
	for i := range remembered + 10 {
		l.Take(strconv.Itoa(i), now.Add(time.Duration(i)*time.Millisecond))
	}
	if len(l.keys) != remembered {
		t.Errorf("it remembers %d", len(l.keys))
	}
	if wait := l.Take(strconv.Itoa(remembered+9), now.Add(time.Minute)); wait == 0 {
		t.Error("the latest is forgotten")
	}
}
