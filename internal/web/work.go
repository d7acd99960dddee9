package web

import (
	"context"
	"net/http"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

const (
	// mostFailed is how much of what failed admins are shown at once, the latest.
	mostFailed = 100
	// stoppedByAdmin is the reason of work that an admin stopped.
	stoppedByAdmin = "Somebody who runs Attune stopped it. It can be tried again."
)

type workingJSON struct {
	Kind     string        `json:"kind"`
	ID       string        `json:"id"`
	Run      int           `json:"run"`
	Worker   string        `json:"worker"`
	Since    time.Time     `json:"since"`
	Progress *progressJSON `json:"progress,omitempty"`
}

type failedJSON struct {
	Kind    string    `json:"kind"`
	ID      string    `json:"id"`
	Refused bool      `json:"refused"`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
}

type reasonJSON struct {
	Kind    string    `json:"kind"`
	Refused bool      `json:"refused"`
	Reason  string    `json:"reason"`
	Count   int       `json:"count"`
	Last    time.Time `json:"last"`
}

// listWork is what is at work and what failed, for admins: by ids, as what it is
// about is none of their business.
func (h *Web) listWork(w http.ResponseWriter, r *http.Request) error {
	working, err := h.Store.Working(r.Context())
	if err != nil {
		return err
	}
	failed, err := h.Store.Failed(r.Context(), mostFailed)
	if err != nil {
		return err
	}
	reasons, err := h.Store.FailedByReason(r.Context(), mostFailed)
	if err != nil {
		return err
	}
	shown := struct {
		Working []workingJSON `json:"working"`
		Failed  []failedJSON  `json:"failed"`
		Reasons []reasonJSON  `json:"reasons"`
	}{make([]workingJSON, len(working)), make([]failedJSON, len(failed)), make([]reasonJSON, len(reasons))}
	for i, at := range working {
		shown.Working[i] = workingJSON{at.Kind, at.ID, at.Run, at.Worker, at.Since, h.progress(r.Context(), at.ID)}
	}
	for i, f := range failed {
		shown.Failed[i] = failedJSON{f.Kind, f.ID, f.Refused, told(f.Reason), f.At}
	}
	for i, f := range reasons {
		shown.Reasons[i] = reasonJSON{f.Kind, f.Refused, told(f.Reason), f.Count, f.Last}
	}
	h.answer(w, r, http.StatusOK, shown)
	return nil
}

// told is a reason as admins read it: what guiders are told of themselves is
// about somebody else there.
func told(reason string) string {
	if reason == cancelled {
		return "Its guider stopped it."
	}
	return reason
}

func (h *Web) cancelWork(w http.ResponseWriter, r *http.Request) error {
	if err := h.stopWork(r.Context(), idOf(r, "kind"), idOf(r, "id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (h *Web) retryWork(w http.ResponseWriter, r *http.Request) error {
	if err := h.redoWork(r.Context(), idOf(r, "kind"), idOf(r, "id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// errKind is said of a kind of work that there is not.
func errKind(op string) error {
	return &vig.Error{Code: vig.CodeNotFound, Op: op + ": there is no such kind of work"}
}

// stopWork stops work of any kind, for an admin. The record counts: should the
// queue be away, whoever is at it finds out from there.
func (h *Web) stopWork(ctx context.Context, kind, id string) error {
	var queued error
	switch kind {
	case store.KindFilm:
		f, err := h.Store.Film(ctx, store.FilmID(id))
		if err != nil {
			return err
		}
		if err := h.stopFilm(ctx, f, stoppedByAdmin); err != nil {
			return err
		}
	case store.KindViewingCopy:
		v, err := h.Store.ViewingCopy(ctx, store.FilmID(id))
		if err != nil {
			return err
		}
		if err := h.Store.FailViewingCopy(ctx, v.Film, "", stoppedByAdmin); err != nil {
			return err
		}
		queued = h.Queue.CancelViewingCopy(ctx, v.Film, v.Run)
	case store.KindReel:
		reel, err := h.Store.Reel(ctx, store.ReelID(id))
		if err != nil {
			return err
		}
		if err := h.Store.FailReel(ctx, reel.ID, "", stoppedByAdmin); err != nil {
			return err
		}
		queued = h.Queue.CancelReel(ctx, reel.ID, reel.Run)
	default:
		return errKind("cancel work")
	}
	h.log.InfoContext(ctx, "stopped by an admin", "kind", kind, "id", id, "account", accountOf(ctx).ID)
	if queued != nil {
		h.log.WarnContext(ctx, "queue was not told of what was stopped", "kind", kind, "id", id, "error", queued)
	}
	return nil
}

// redoWork has work of any kind that failed done again, for an admin. What the
// records say is due is enqueued when the queue is back.
func (h *Web) redoWork(ctx context.Context, kind, id string) error {
	if err := h.redo(ctx, kind, id); err != nil {
		return err
	}
	h.log.InfoContext(ctx, "tried again by an admin", "kind", kind, "id", id, "account", accountOf(ctx).ID)
	return nil
}

func (h *Web) redo(ctx context.Context, kind, id string) error {
	switch kind {
	case store.KindFilm:
		f, err := h.Store.Film(ctx, store.FilmID(id))
		if err != nil {
			return err
		}
		return h.retry(ctx, f)
	case store.KindViewingCopy:
		v, err := h.Store.ViewingCopy(ctx, store.FilmID(id))
		if err != nil {
			return err
		}
		return h.redoViewing(ctx, v.Film, v.Duration)
	case store.KindReel:
		_, err := h.tryReelAgain(ctx, store.ReelID(id))
		return err
	}
	return errKind("retry work")
}

// pause pauses a queue or lets it go on, for an admin.
func (h *Web) pause(ctx context.Context, queue string, paused bool) error {
	if err := h.Queue.Pause(ctx, queue, paused); err != nil {
		return err
	}
	h.log.InfoContext(ctx, "queue paused or resumed by an admin", "queue", queue, "paused", paused, "account", accountOf(ctx).ID)
	return nil
}
