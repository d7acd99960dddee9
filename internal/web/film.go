package web

import (
	"context"
	"net/http"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

type filmJSON struct {
	ID       store.FilmID      `json:"id"`
	Case     store.CaseID      `json:"case"`
	Cycle    store.CycleID     `json:"cycle"`
	Name     string            `json:"name"`
	Size     int64             `json:"size"`
	SHA256   string            `json:"sha256,omitempty"`
	Duration float64           `json:"duration_s,omitempty"`
	State    store.FilmState   `json:"state"`
	Reason   string            `json:"reason,omitempty"`
	Place    int               `json:"place,omitempty"`
	Progress *progressJSON     `json:"progress,omitempty"`
	Viewing  store.RenderState `json:"viewing_copy,omitempty"`
	Created  time.Time         `json:"created"`
	Changed  time.Time         `json:"changed"`
}

func showFilm(f store.Film) filmJSON {
	return filmJSON{
		ID: f.ID, Case: f.Case, Cycle: f.Cycle, Name: f.Name, Size: f.Size, SHA256: f.SHA256,
		Duration: seconds(f.Duration), State: f.State, Reason: f.Reason, Viewing: f.Viewing,
		Created: f.Created, Changed: f.Changed,
	}
}

type progressJSON struct {
	Stage string  `json:"stage"`
	Share float64 `json:"share"`
	Left  float64 `json:"left_s,omitempty"`
}

func showProgress(p Progress) *progressJSON {
	return &progressJSON{Stage: p.Stage, Share: vig.Round3(p.Share), Left: seconds(p.Left.Round(time.Second))}
}

// progress returns how far the work on a film or reel is, nil where that is not
// known. It is never worth failing for.
func (h *Web) progress(ctx context.Context, id string) *progressJSON {
	p, err := h.Queue.Progress(ctx, id)
	switch {
	case vig.CodeOf(err) == vig.CodeNotFound || err == nil && p.Ended:
		return nil
	case err != nil:
		h.log.DebugContext(ctx, "progress is not known", "id", id, "error", err)
		return nil
	}
	return showProgress(p)
}

// describe is showFilm with the film's place in the queue, or what keeps it from
// getting there.
func (h *Web) describe(ctx context.Context, f store.Film) (filmJSON, error) {
	place := 0
	if f.State == store.FilmQueued {
		var err error
		if place, err = h.Store.Place(ctx, f.ID); err != nil {
			return filmJSON{}, err
		}
	}
	return h.describeAt(f, place), nil
}

// describeAt is describe of a film whose place is known.
func (h *Web) describeAt(f store.Film, place int) filmJSON {
	shown := showFilm(f)
	shown.Place = place
	if f.State == store.FilmUploading && h.uploads != nil {
		if _, waits := h.uploads.waiting.has(f.ID); waits {
			shown.Reason = noRoom
		}
	}
	return shown
}

// ownFilm returns the film of the request's path, if it is the account's.
func (h *Web) ownFilm(r *http.Request) (store.Film, error) {
	return h.ownFilmOf(r.Context(), store.FilmID(idOf(r, "film")))
}

func (h *Web) ownFilmOf(ctx context.Context, id store.FilmID) (store.Film, error) {
	f, err := h.Store.Film(ctx, id)
	if err == nil && f.Guider != accountOf(ctx).ID {
		err = &vig.Error{Code: vig.CodeNotFound, Op: "find film: it is another's"}
	}
	return f, err
}

// seenFilm returns the film of the request's path, if it is the account's or its
// case is shared with it.
func (h *Web) seenFilm(r *http.Request) (store.Film, error) {
	return h.seenFilmOf(r.Context(), store.FilmID(idOf(r, "film")))
}

func (h *Web) seenFilmOf(ctx context.Context, id store.FilmID) (store.Film, error) {
	f, err := h.Store.Film(ctx, id)
	if err == nil {
		err = h.mayRead(ctx, f.Guider, f.Case)
	}
	return f, err
}

func (h *Web) listFilmsOfCase(w http.ResponseWriter, r *http.Request) error {
	c, err := h.seenCase(r)
	if err != nil {
		return err
	}
	return h.listFilms(w, r, store.FilmQuery{Case: c.ID})
}

func (h *Web) listFilmsOfCycle(w http.ResponseWriter, r *http.Request) error {
	c, err := h.seenCycleOf(r.Context(), store.CycleID(idOf(r, "cycle")))
	if err != nil {
		return err
	}
	return h.listFilms(w, r, store.FilmQuery{Cycle: c.ID})
}

// listFilms answers with a page of the films of a case or cycle that the account
// may see.
func (h *Web) listFilms(w http.ResponseWriter, r *http.Request, q store.FilmQuery) error {
	page, err := pageOf(r)
	if err != nil {
		return err
	}
	q.Page = page
	films, err := h.Store.Films(r.Context(), q)
	if err != nil {
		return err
	}
	shown, next := paged(films, page, func(f store.Film) string { return string(f.ID) }, showFilm)
	h.answer(w, r, http.StatusOK, struct {
		Films []filmJSON `json:"films"`
		Next  string     `json:"next,omitempty"`
	}{shown, next})
	return nil
}

func (h *Web) getFilm(w http.ResponseWriter, r *http.Request) error {
	f, err := h.seenFilm(r)
	if err != nil {
		return err
	}
	return h.answerFilm(w, r, f)
}

// answerFilm answers with all that is known of a film now.
func (h *Web) answerFilm(w http.ResponseWriter, r *http.Request, f store.Film) error {
	shown, err := h.describe(r.Context(), f)
	if err != nil {
		return err
	}
	if f.State == store.FilmAnalysing {
		shown.Progress = h.progress(r.Context(), string(f.ID))
	}
	h.answer(w, r, http.StatusOK, shown)
	return nil
}

// cancelled is the reason of a film whose guider stopped it.
const cancelled = "You stopped it. You can have it analysed again."

func (h *Web) cancelFilm(w http.ResponseWriter, r *http.Request) error {
	return h.onFilm(w, r, h.cancel)
}

func (h *Web) cancel(ctx context.Context, f store.Film) error { return h.stopFilm(ctx, f, cancelled) }

// stopFilm stops the analysis of a film, for a reason that its guider is told.
func (h *Web) stopFilm(ctx context.Context, f store.Film, reason string) error {
	if err := h.Store.CancelFilm(ctx, f.ID, reason); err != nil {
		return err
	}
	if err := h.Queue.CancelFilm(ctx, f.ID, f.Run); err != nil {
		// Whoever works on it finds out from the record.
		h.log.WarnContext(ctx, "queue was not told of a cancelled film", "film", f.ID, "error", err)
	}
	return nil
}

func (h *Web) retryFilm(w http.ResponseWriter, r *http.Request) error {
	return h.onFilm(w, r, h.retry)
}

func (h *Web) retry(ctx context.Context, f store.Film) error {
	run, err := h.Store.RetryFilm(ctx, f.ID)
	if err != nil {
		return err
	}
	if err := h.Queue.EnqueueFilm(ctx, f.ID, run, f.Duration); err != nil {
		// What the records say is due is enqueued when the queue is back.
		h.log.WarnContext(ctx, "film was not enqueued", "film", f.ID, "error", err)
	}
	return nil
}

func (h *Web) retryViewing(w http.ResponseWriter, r *http.Request) error {
	return h.onFilm(w, r, h.retryViewingOf)
}

func (h *Web) retryViewingOf(ctx context.Context, f store.Film) error {
	if f.Viewing != store.RenderFailed { // the records would begin anew with one that is in work
		return vig.Errorf(vig.CodeConflict, "retry viewing copy", "only a viewing copy that failed can be tried again")
	}
	return h.redoViewing(ctx, f.ID, f.Duration)
}

// redoViewing has the viewing copy of a film of that length made again.
func (h *Web) redoViewing(ctx context.Context, of store.FilmID, length time.Duration) error {
	run, err := h.Store.RetryViewingCopy(ctx, of)
	if err != nil {
		return err
	}
	if err := h.Queue.EnqueueViewingCopy(ctx, of, run, length); err != nil {
		// What the records say is due is enqueued when the queue is back.
		h.log.WarnContext(ctx, "viewing copy was not enqueued", "film", of, "error", err)
	}
	return nil
}

// onFilm changes the account's film of the request's path, and answers with what
// it became.
func (h *Web) onFilm(w http.ResponseWriter, r *http.Request, change func(context.Context, store.Film) error) error {
	f, err := h.ownFilm(r)
	if err != nil {
		return err
	}
	if err := change(r.Context(), f); err != nil {
		return err
	}
	return h.answerFilmAgain(w, r, f.ID)
}

// answerFilmAgain answers with a film that was changed.
func (h *Web) answerFilmAgain(w http.ResponseWriter, r *http.Request, id store.FilmID) error {
	f, err := h.ownFilmOf(r.Context(), id)
	if err != nil {
		return err
	}
	return h.answerFilm(w, r, f)
}
