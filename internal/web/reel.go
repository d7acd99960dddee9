package web

import (
	"context"
	"net/http"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

type reelJSON struct {
	ID       store.ReelID      `json:"id"`
	Film     store.FilmID      `json:"film"`
	Draft    bool              `json:"draft"`
	State    store.RenderState `json:"state"`
	Reason   string            `json:"reason,omitempty"`
	Duration float64           `json:"duration_s"`
	Spans    [][2]float64      `json:"spans"`
	Progress *progressJSON     `json:"progress,omitempty"`
	Created  time.Time         `json:"created"`
}

func showReel(r store.Reel) reelJSON {
	return reelJSON{
		ID: r.ID, Film: r.Film, Draft: r.Draft, State: r.State, Reason: r.Reason,
		Duration: seconds(r.Duration), Spans: showSpans(r.Spans), Created: r.Created,
	}
}

// ownReel returns the reel of the request's path, if its film is the account's.
func (h *Web) ownReel(r *http.Request) (store.Reel, error) {
	return h.ownReelOf(r.Context(), store.ReelID(idOf(r, "reel")))
}

func (h *Web) ownReelOf(ctx context.Context, id store.ReelID) (store.Reel, error) {
	reel, err := h.Store.Reel(ctx, id)
	if err == nil {
		_, err = h.ownFilmOf(ctx, reel.Film)
	}
	return reel, err
}

// seenReel returns the reel of the request's path, if its film is the account's
// or is shared with it.
func (h *Web) seenReel(r *http.Request) (store.Reel, error) {
	reel, err := h.Store.Reel(r.Context(), store.ReelID(idOf(r, "reel")))
	if err == nil {
		_, err = h.seenFilmOf(r.Context(), reel.Film)
	}
	return reel, err
}

func (h *Web) listReels(w http.ResponseWriter, r *http.Request) error {
	f, err := h.seenFilm(r)
	if err != nil {
		return err
	}
	reels, err := h.Store.Reels(r.Context(), f.ID)
	if err != nil {
		return err
	}
	shown := make([]reelJSON, len(reels))
	for i, reel := range reels {
		shown[i] = showReel(reel)
	}
	h.answer(w, r, http.StatusOK, map[string][]reelJSON{"reels": shown})
	return nil
}

func (h *Web) getReel(w http.ResponseWriter, r *http.Request) error {
	reel, err := h.seenReel(r)
	if err != nil {
		return err
	}
	h.answerReel(w, r, http.StatusOK, reel)
	return nil
}

func (h *Web) answerReel(w http.ResponseWriter, r *http.Request, status int, reel store.Reel) {
	shown := showReel(reel)
	if reel.State == store.RenderRendering {
		shown.Progress = h.progress(r.Context(), string(reel.ID))
	}
	h.answer(w, r, status, shown)
}

func (h *Web) createReel(w http.ResponseWriter, r *http.Request) error {
	f, err := h.ownFilm(r)
	if err != nil {
		return err
	}
	var asked struct {
		Clips []store.ClipID `json:"clips"`
	}
	if err := decode(r, &asked); err != nil {
		return err
	}
	clips, err := h.Store.Clips(r.Context(), f.ID)
	if err != nil {
		return err
	}
	spans, err := spansOf(clips, asked.Clips)
	if err != nil {
		return err
	}
	reel, err := h.Store.CreateReel(r.Context(), f.ID, spans)
	if err != nil {
		return err
	}
	h.enqueueReel(r.Context(), reel)
	w.Header().Set("Location", "/api/v1/reels/"+string(reel.ID))
	h.answerReel(w, r, http.StatusAccepted, reel)
	return nil
}

// spansOf returns the spans of the clips with these ids, in their order, or of
// all that are kept, in the order in which the guider put them.
func spansOf(clips []store.Clip, ids []store.ClipID) ([]vig.Span, error) {
	const op = "choose clips"
	kept := map[store.ClipID]store.Clip{}
	for _, c := range clips {
		if c.State == store.ClipKept {
			kept[c.ID] = c
		}
	}
	if len(kept) == 0 {
		return nil, vig.Errorf(vig.CodeConflict, op, "no clip of this film is kept, so there is nothing to show")
	}
	var spans []vig.Span
	if len(ids) == 0 {
		for _, c := range store.InReel(clips) {
			spans = append(spans, c.Span)
		}
		return spans, nil
	}
	for _, id := range ids {
		c, ok := kept[id]
		if !ok {
			return nil, vig.Errorf(vig.CodeConflict, op, "not all of these clips are kept clips of this film")
		}
		spans = append(spans, c.Span)
	}
	return spans, nil
}

// enqueueReel asks for a reel that is due. Where that fails it is found again.
func (h *Web) enqueueReel(ctx context.Context, reel store.Reel) {
	if err := h.Queue.EnqueueReel(ctx, reel.ID, reel.Run, reel.Duration); err != nil {
		h.log.WarnContext(ctx, "reel was not enqueued", "reel", reel.ID, "error", err)
	}
}

func (h *Web) retryReel(w http.ResponseWriter, r *http.Request) error {
	reel, err := h.ownReel(r)
	if err != nil {
		return err
	}
	if _, err := h.Store.RetryReel(r.Context(), reel.ID); err != nil {
		return err
	}
	if reel, err = h.ownReelOf(r.Context(), reel.ID); err != nil {
		return err
	}
	h.enqueueReel(r.Context(), reel)
	h.answerReel(w, r, http.StatusOK, reel)
	return nil
}

func (h *Web) downloadReel(w http.ResponseWriter, r *http.Request) error {
	reel, err := h.seenReel(r)
	if err != nil {
		return err
	}
	return h.sendReel(w, r, reel)
}

func (h *Web) sendReel(w http.ResponseWriter, r *http.Request, reel store.Reel) error {
	if reel.State != store.RenderReady {
		return vig.Errorf(vig.CodeConflict, "find reel", "the reel is %s: it cannot be had yet", reel.State)
	}
	return h.sendKey(w, r, reel.Key, "video/mp4")
}

// getDraftReel sends the reel that came with the analysis.
func (h *Web) getDraftReel(w http.ResponseWriter, r *http.Request) error {
	f, err := h.seenFilm(r)
	if err != nil {
		return err
	}
	reels, err := h.Store.Reels(r.Context(), f.ID)
	if err != nil {
		return err
	}
	for _, reel := range reels {
		if reel.Draft {
			return h.sendReel(w, r, reel)
		}
	}
	return &vig.Error{Code: vig.CodeNotFound, Op: "find draft reel: there is none"}
}
