package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

const (
	// look is how often a stream looks at the record: state changes seldom, and
	// may be changed by another process.
	look = time.Second
	// heartbeat is how often at least something is sent, so that nothing on the
	// way takes the connection for dead.
	heartbeat = 15 * time.Second
	// reconnect is after how long a client is to come back, in milliseconds.
	reconnect = 2000
	// rewatch is after how long progress is asked for again that could not be had.
	rewatch = 5 * time.Second
)

// watchFilm sends the events of a film until whoever asked goes, or the server
// stops.
func (h *Web) watchFilm(w http.ResponseWriter, r *http.Request) error {
	f, err := h.seenFilm(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	s, err := h.openStream(w, r)
	if s == nil || err != nil {
		return err
	}
	defer s.close()
	if err := h.sendFilm(ctx, s, f); err != nil {
		return err
	}

	progress := h.watch(ctx, string(f.ID))
	looking, beating := time.NewTicker(look), time.NewTicker(h.beat)
	defer looking.Stop()
	defer beating.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-h.stopping:
			return nil
		case <-beating.C:
			if !h.stillMay(r, func(ctx context.Context) error { _, err := h.seenFilmOf(ctx, f.ID); return err }) {
				return nil
			}
			err = s.write(":\n\n")
		case p := <-progress:
			// Progress of a run may come late: the record says whether it runs.
			if s.state == store.FilmAnalysing && !p.Ended {
				err = s.send("progress", "", showProgress(p))
			} else {
				err = h.lookAgain(ctx, s, f.ID)
			}
		case <-looking.C:
			err = h.lookAgain(ctx, s, f.ID)
		}
		if err != nil {
			return err
		}
	}
}

// stillMay says whether a stream that was asked for may go on: the account may
// have been disabled since, have signed out, or see no longer what the stream is
// about, which may looks up. Records that cannot be read now are read at the next
// heartbeat. A page that is left open is no use of a session.
func (h *Web) stillMay(r *http.Request, may func(context.Context) error) bool {
	known, err := h.authenticate(r.WithContext(context.WithValue(r.Context(), untouched{}, true)))
	if err == nil {
		err = may(known.Context())
	}
	if code := vig.CodeOf(err); code == codeUnauthenticated || code == vig.CodeNotFound {
		return false
	}
	if err != nil && r.Context().Err() == nil {
		h.log.WarnContext(r.Context(), "account cannot be looked at", "account", accountOf(r.Context()).ID, "error", err)
	}
	return true
}

// lookAgain sends the film if it has changed. Records that cannot be read now
// are read at the next look.
func (h *Web) lookAgain(ctx context.Context, s *stream, id store.FilmID) error {
	f, err := h.Store.Film(ctx, id)
	switch vig.CodeOf(err) {
	case "":
		return h.sendFilm(ctx, s, f)
	case vig.CodeNotFound: // an upload that was given up
		return err
	}
	if ctx.Err() == nil {
		h.log.WarnContext(ctx, "film cannot be looked at", "film", id, "error", err)
	}
	return nil
}

// sendFilm sends the film, unless it is what was sent last.
func (h *Web) sendFilm(ctx context.Context, s *stream, f store.Film) error {
	shown, err := h.describe(ctx, f)
	if err != nil {
		return err
	}
	s.state = f.State
	id := eventOf(f, shown)
	if id == s.last {
		return nil
	}
	s.last = id
	return s.send("film", id, shown)
}

// eventOf is the id of the event that tells of a film. Its place changes without
// the record, and so does whether there is room for it; nothing else does.
func eventOf(f store.Film, shown filmJSON) string {
	id := strconv.FormatInt(f.Changed.UnixMicro(), 36) + "-" + strconv.Itoa(shown.Place) + "-" + string(f.Viewing)
	if shown.Reason != f.Reason {
		id += "-waits"
	}
	return id
}

// watch sends the progress of an id until ctx ends, also over times at which
// the queue is away.
func (h *Web) watch(ctx context.Context, id string) <-chan Progress {
	out := make(chan Progress)
	go func() {
		again := time.NewTicker(rewatch)
		defer again.Stop()
		for {
			from, err := h.Queue.Watch(ctx, id)
			if err != nil && ctx.Err() == nil {
				h.log.DebugContext(ctx, "progress cannot be watched", "id", id, "error", err)
			}
			if err == nil {
				pass(ctx, from, out)
			}
			select {
			case <-again.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// pass passes on what comes until there is no more.
func pass(ctx context.Context, from <-chan Progress, to chan<- Progress) {
	for p := range from {
		select {
		case to <- p:
		case <-ctx.Done(): // which ends from
		}
	}
}

// openStream begins an answer of events, which the caller closes; nil to a request
// that wants none.
func (h *Web) openStream(w http.ResponseWriter, r *http.Request) (*stream, error) {
	header := w.Header()
	if r.Method == http.MethodHead {
		header.Set("Content-Type", eventStream)
		return nil, nil
	}
	end, err := h.streams.begin(accountOf(r.Context()).ID)
	if err != nil {
		return nil, err
	}
	header.Set("Content-Type", eventStream)
	header.Set("X-Accel-Buffering", "no") // a proxy in between is to pass each on
	s := &stream{w: w, control: http.NewResponseController(w), last: r.Header.Get("Last-Event-ID"), close: end}
	if err := s.write(fmt.Sprintf("retry: %d\n\n", reconnect)); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

const eventStream = "text/event-stream"

// stream is one answer of events.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	last    string          // id of the last event that had one
	state   store.FilmState // of the film when it was last looked at
	close   func()
}

func (s *stream) send(event, id string, v any) error {
	data, err := json.Marshal(v) // without line breaks
	if err != nil {
		return err
	}
	text := "event: " + event + "\n"
	if id != "" {
		text += "id: " + id + "\n"
	}
	return s.write(text + "data: " + string(data) + "\n\n")
}

func (s *stream) write(text string) error {
	if _, err := s.w.Write([]byte(text)); err != nil { //nolint:gosec // events, which no browser takes for a page
		return err
	}
	return s.control.Flush()
}
