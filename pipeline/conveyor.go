package pipeline

import "context"

// conveyor carries what a pass makes, on a goroutine of its own, to the loop of
// its consumer, some way ahead of it.
type conveyor[T any] struct {
	done  <-chan struct{} // nobody takes any more
	ready chan T
	used  chan T // what the consumer is done with, to be filled again
}

// convey yields what produce sends, then its error, if any, as the last. Up to
// ahead values lie ready while the consumer works on one. When ctx ends or f
// is closed, be it in the loop itself, nothing more is yielded but the reason.
// The goroutine has ended when convey returns.
func convey[T any](ctx context.Context, f *Film, ahead int, yield func(T, error) bool, produce func(context.Context, *conveyor[T]) error) {
	pass, cancel := context.WithCancel(ctx)
	defer context.AfterFunc(f.closing, cancel)()
	c := &conveyor[T]{
		done:  pass.Done(),
		ready: make(chan T, ahead),
		used:  make(chan T, ahead+2), // one with the consumer, one being filled
	}
	var failed error // to be read when ready is closed
	go func() {
		defer close(c.ready)
		failed = produce(pass, c)
	}()
	defer func() {
		cancel()
		for range c.ready { // until the goroutine has ended
		}
	}()
	over := func() error {
		if ctx.Err() == nil && f.closing.Err() != nil {
			return errClosed()
		}
		return ctx.Err()
	}
	var none T
	for v := range c.ready {
		if err := over(); err != nil {
			yield(none, err)
			return
		}
		if !yield(v, nil) {
			return
		}
		c.used <- v
	}
	if err := over(); err != nil {
		yield(none, err)
	} else if failed != nil {
		yield(none, failed)
	}
}

// send hands v on. It reports whether the consumer still takes more.
func (c *conveyor[T]) send(v T) bool {
	select {
	case c.ready <- v:
		return true
	case <-c.done:
		return false
	}
}

// spare returns what the consumer is done with, or the zero value where there
// is nothing.
func (c *conveyor[T]) spare() (v T) {
	select {
	case v = <-c.used:
	default:
	}
	return v
}
