package signin

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// remembered is how many keys a limit keeps apart. Those beyond make it forget
// the one that was quiet for the longest.
const remembered = 10_000

// Limit bounds how often something may be tried, for each key by itself: so many
// times at once, and then once in so long. It is kept in memory: a restart
// forgets it, and processes count for themselves.
type Limit struct {
	every time.Duration
	burst int

	mu   sync.Mutex
	keys map[string]*tries
}

type tries struct {
	*rate.Limiter
	last time.Time
}

// NewLimit returns a limit of so many times at once, and then once in every.
func NewLimit(burst int, every time.Duration) *Limit {
	return &Limit{every: every, burst: burst, keys: map[string]*tries{}}
}

// Take counts one try of a key, and returns how long to wait before it is
// allowed; 0 if it is. Tries that are not allowed do not count.
func (l *Limit) Take(key string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, known := l.keys[key]
	if !known {
		l.room()
		t = &tries{Limiter: rate.NewLimiter(rate.Every(l.every), l.burst)}
		l.keys[key] = t
	}
	t.last = now
	r := t.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// Forgive forgets the tries of a key.
func (l *Limit) Forgive(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.keys, key)
}

// room makes room for one more key.
func (l *Limit) room() {
	if len(l.keys) < remembered {
		return
	}
	var quiet string
	var since time.Time
	for key, t := range l.keys {
		if since.IsZero() || t.last.Before(since) {
			quiet, since = key, t.last
		}
	}
	delete(l.keys, quiet)
}
