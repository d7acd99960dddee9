package storetest

import (
	"sync"
	"testing"
)

// together runs f n times at once, and fails the test at an error.
func together(t testing.TB, n int, f func(int) error) {
	t.Helper()
	for i, err := range each(n, f) {
		if err != nil {
			t.Errorf("number %d: %v", i, err)
		}
	}
}

// each runs f n times at once and returns what came of each.
func each(n int, f func(int) error) []error {
	errs := make([]error, n)
	begin := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-begin
			errs[i] = f(i)
		})
	}
	close(begin)
	all.Wait()
	return errs
}
