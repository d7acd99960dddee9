package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"attune/internal/vig"
)

// script is what a film of the tests consists of: it says what the fake work
// on it does. The same film does the same in every process.
type script struct {
	Name  string // makes films differ
	Steps int    // of the work; 0 means 1
	Pause time.Duration
	Code  vig.Code // fail so, after the steps
	Fails int      // only the first times, in this process; 0 means always
	Crash bool
	// Machine is that of the crash.
	Machine bool
	// Only, if not "", is the kind of work that fails: "reel " or "copy ".
	Only   string
	Panic  bool
	NoReel bool
	Copy   bool // needs a viewing copy
}

func (s script) bytes() []byte {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return b
}

// fakeMedia does what the script says, and can be cancelled at any time.
type fakeMedia struct {
	mu    sync.Mutex
	began map[string]int // runs by the film's name
	ended map[string]int
	order []string // as begun, reels as "reel "+name
	// hold, if not nil, is received from before each step.
	hold chan struct{}
	// mark, if not nil, is called when work begins.
	mark func(name string) error
}

func newMedia() *fakeMedia { return &fakeMedia{began: map[string]int{}, ended: map[string]int{}} }

func (m *fakeMedia) runs(name string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.began[name]
}

func (m *fakeMedia) work(ctx context.Context, film Film, kind string, out Outputs, write func(script) error) (script, error) {
	b, err := io.ReadAll(io.NewSectionReader(film, 0, film.Size()))
	if err != nil {
		return script{}, err
	}
	var s script
	if err := json.Unmarshal(b, &s); err != nil {
		return s, vig.Errorf(vig.CodeInvalid, "read film", "it is no film: %w", err)
	}
	m.mu.Lock()
	m.began[s.Name]++
	n := m.began[s.Name]
	m.order = append(m.order, kind+s.Name)
	m.mu.Unlock()
	if m.mark != nil {
		if err := m.mark(s.Name); err != nil {
			return s, err
		}
	}
	defer func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.ended[s.Name]++
	}()
	steps := max(s.Steps, 1)
	for i := range steps {
		out.Progress("looking", float64(i)/float64(steps))
		select {
		case <-ctx.Done():
			return s, ctx.Err()
		case <-time.After(s.Pause):
		}
		if m.hold != nil {
			select {
			case <-ctx.Done():
				return s, ctx.Err()
			case <-m.hold:
			}
		}
		if i == steps/2 { // some of it is there when it ends before its time
			if err := write(s); err != nil {
				return s, err
			}
		}
	}
	out.Progress("looking", 1)
	switch {
	case s.Fails > 0 && n > s.Fails, s.Only != "" && s.Only != kind:
		return s, nil
	case s.Panic:
		panic("as the script says")
	case s.Crash:
		return s, &Crash{Reason: "This film made the program that reads it crash.", Machine: s.Machine}
	case s.Code != "":
		return s, vig.Errorf(s.Code, "look at film", "the script says so")
	}
	return s, nil
}

func put(out Outputs, name, text string) error {
	w, err := out.Create(name)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, text); err != nil {
		return err
	}
	return w.Close()
}

func (m *fakeMedia) Analyze(ctx context.Context, film Film, out Outputs) (Analysis, error) {
	s, err := m.work(ctx, film, "", out, func(s script) error {
		names := []string{"analysis.json", "signals.json", "frames.json", "observations.jsonl", "report.html", "stills/m1.jpg"}
		if !s.NoReel {
			names = append(names, "reel.mp4")
		}
		for _, name := range names {
			if err := put(out, name, fmt.Sprintf(`{"format":"attune.analysis/1","name":%q}`, s.Name)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Analysis{}, err
	}
	span := vig.Span{Start: time.Second, End: 9 * time.Second}
	a := Analysis{Moments: []Moment{{"m1", 1, span}}, Playable: !s.Copy}
	if !s.NoReel {
		a.Reel = &Reel{Spans: []vig.Span{span}, Duration: span.Length()}
	}
	return a, nil
}

func (m *fakeMedia) Reel(ctx context.Context, film Film, cut Cut, out Outputs) (time.Duration, error) {
	_, err := m.work(ctx, film, "reel ", out, func(script) error { return put(out, "reel.mp4", fmt.Sprint(cut)) })
	return 8 * time.Second, err
}

func (m *fakeMedia) ViewingCopy(ctx context.Context, film Film, out Outputs) (time.Duration, error) {
	_, err := m.work(ctx, film, "copy ", out, func(script) error { return put(out, "viewing.mp4", "copy") })
	return 10 * time.Minute, err
}
