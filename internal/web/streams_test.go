package web

import (
	"context"
	"net/http"
	"strconv"
	"testing"
	"time"
)

// An account has only so many streams of events open, and others as many; when
// one is closed there is room for the next.
func TestTooManyStreams(t *testing.T) {
	t.Parallel()
	b := setup(t)
	film, kase := "/api/v1/films/"+string(b.film.ID)+"/events", "/api/v1/cases/"+string(b.kase.ID)+"/events"
	open := func(as asker, path string) (status int, end func()) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		got, err := b.server.Client().Do(b.request(t, request{as: as, path: path}).WithContext(ctx))
		ok(t, err)
		end = func() {
			cancel()
			got.Body.Close()
		}
		t.Cleanup(end)
		return got.StatusCode, end
	}
	var ends []func()
	for i := range mostStreams {
		status, end := open(b.guider, []string{film, kase}[i%2])
		if status != http.StatusOK {
			t.Fatalf("stream %d: status %d", i+1, status)
		}
		ends = append(ends, end)
	}
	for _, path := range []string{film, kase} {
		got := b.do(t, request{as: b.guider, path: path}, http.StatusTooManyRequests)
		said := read[errorBody](t, got).Error
		if want := "This account has 32 streams of events open, which is as many as it may. End some of it, or try again in a little while."; said.Code != codeTooMany || said.Message != want {
			t.Errorf("it says %+v", said)
		}
		if n, err := strconv.Atoi(got.Header.Get("Retry-After")); err != nil || n < 1 {
			t.Errorf("Retry-After is %q", got.Header.Get("Retry-After"))
		}
		if kind := got.Header.Get("Content-Type"); kind != "application/json" {
			t.Errorf("it is %q", kind)
		}
	}
	// Whoever asks whether there is one opens none, and others have their own.
	head := b.request(t, request{as: b.guider, path: film})
	head.Method = http.MethodHead
	if got := b.send(t, head); got.StatusCode != http.StatusOK {
		t.Errorf("HEAD: status %d", got.StatusCode)
	}
	if status, _ := open(b.viewer, film); status != http.StatusOK {
		t.Errorf("another account: status %d", status)
	}

	ends[0]()
	again, deadline := time.NewTicker(20*time.Millisecond), time.After(30*time.Second)
	defer again.Stop()
	for {
		status, end := open(b.guider, kase)
		if status == http.StatusOK {
			break
		}
		end()
		select {
		case <-again.C:
		case <-deadline:
			t.Fatal("there is no room after one was closed")
		}
	}
	b.do(t, request{as: b.guider, path: film}, http.StatusTooManyRequests)
}

// What is counted is let go of with the last stream.
func TestStreamsEnd(t *testing.T) {
	t.Parallel()
	var s streams
	one, err := s.begin("a")
	ok(t, err)
	two, err := s.begin("a")
	ok(t, err)
	one()
	one() // the same one again
	if s.open["a"] != 1 {
		t.Errorf("%d are open", s.open["a"])
	}
	two()
	if len(s.open) != 0 {
		t.Errorf("it keeps %v", s.open)
	}
}
