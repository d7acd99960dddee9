package web

import (
	"sync"

	"attune/internal/store"
	"attune/internal/vig"
)

// mostStreams is how many streams of events an account may have open. A browser
// keeps six connections to one service: these are all of five browsers, which is
// more than one person sits at, and two for a program beside them. Each stream
// looks at the records every second, so that what a broken client can ask for by
// opening more and more is bounded.
const mostStreams = 32

// streams counts the streams of events that accounts have open in this process.
// Its zero value is ready.
type streams struct {
	mu   sync.Mutex
	open map[store.AccountID]int
}

// begin counts a stream of an account until end is called, which may be called
// again. It fails where the account has as many as it may.
func (s *streams) begin(of store.AccountID) (end func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[of] >= mostStreams {
		return nil, vig.Errorf(codeTooMany, "open events", "this account has %d streams of events open, which is as many as it may", mostStreams)
	}
	if s.open == nil {
		s.open = map[store.AccountID]int{}
	}
	s.open[of]++
	return sync.OnceFunc(func() { s.end(of) }), nil
}

func (s *streams) end(of store.AccountID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[of]--; s.open[of] == 0 {
		delete(s.open, of)
	}
}
