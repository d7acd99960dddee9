package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"attune/internal/store"
	"attune/internal/titlecard"
	"attune/internal/vig"
)

type reelJSON struct {
	ID        store.ReelID      `json:"id"`
	Film      store.FilmID      `json:"film"`
	Draft     bool              `json:"draft"`
	Version   int               `json:"version,omitempty"`
	Title     string            `json:"title,omitempty"`
	State     store.RenderState `json:"state"`
	Reason    string            `json:"reason,omitempty"`
	Duration  float64           `json:"duration_s"`
	Spans     [][2]float64      `json:"spans"`
	Played    [][2]float64      `json:"played"`
	Progress  *progressJSON     `json:"progress,omitempty"`
	Created   time.Time         `json:"created"`
	Confirmed time.Time         `json:"confirmed,omitzero"`
}

func showReel(r store.Reel) reelJSON {
	return reelJSON{
		ID: r.ID, Film: r.Film, Draft: r.Draft, Version: r.Version, Title: r.Card.Text, State: r.State, Reason: r.Reason,
		Duration: seconds(r.Duration), Spans: showSpans(r.Spans), Played: showSpans(r.Played), Created: r.Created, Confirmed: r.Confirmed,
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
		Title string         `json:"title"`
	}
	if err := decode(r, &asked); err != nil {
		return err
	}
	reel, err := h.makeReel(r.Context(), f.ID, asked.Clips, asked.Title)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/reels/"+string(reel.ID))
	h.answerReel(w, r, http.StatusAccepted, reel)
	return nil
}

// makeReel has the next version of a film's reel made: of the kept clips with
// these ids, or of all, with the title on a card unless that is "".
func (h *Web) makeReel(ctx context.Context, of store.FilmID, ids []store.ClipID, title string) (store.Reel, error) {
	plan := store.ReelPlan{By: accountOf(ctx).ID}
	if title = strings.TrimSpace(strings.ReplaceAll(title, "\r\n", "\n")); title != "" { // as forms send lines
		if err := titlecard.Check(title); err != nil {
			return store.Reel{}, err
		}
		plan.Card = vig.TitleCard{Text: title, Length: titlecard.Length}
	}
	kept, err := h.Store.KeptClips(ctx, of)
	if err != nil {
		return store.Reel{}, err
	}
	if plan.Clips, err = chosen(kept, ids); err != nil {
		return store.Reel{}, err
	}
	reel, err := h.Store.CreateReel(ctx, of, plan)
	if err != nil {
		return store.Reel{}, err
	}
	h.enqueueReel(ctx, reel)
	return reel, nil
}

// chosen returns those of the kept clips that have these ids, in the order of
// the ids, or all.
func chosen(kept []store.Clip, ids []store.ClipID) ([]store.Clip, error) {
	const op = "choose clips"
	if len(kept) == 0 {
		return nil, vig.Errorf(vig.CodeConflict, op, "no clip of this film is kept, so there is nothing to show")
	}
	if len(ids) == 0 {
		return kept, nil
	}
	var clips []store.Clip
	for _, id := range ids {
		i := slices.IndexFunc(kept, func(c store.Clip) bool { return c.ID == id })
		if i < 0 {
			return nil, vig.Errorf(vig.CodeConflict, op, "not all of these clips are kept clips of this film")
		}
		clips = append(clips, kept[i])
	}
	return clips, nil
}

// addReelPlayed notes what of a reel was played.
func (h *Web) addReelPlayed(w http.ResponseWriter, r *http.Request) error {
	reel, err := h.ownReel(r)
	if err != nil {
		return err
	}
	played, err := playedOf(r)
	if err != nil {
		return err
	}
	if reel, err = h.Store.AddReelPlayed(r.Context(), reel.ID, played); err != nil {
		return err
	}
	h.answerReel(w, r, http.StatusOK, reel)
	return nil
}

// confirmReel says that the guider is done with the film of a reel.
func (h *Web) confirmReel(w http.ResponseWriter, r *http.Request) error {
	reel, err := h.ownReel(r)
	if err != nil {
		return err
	}
	if reel, err = h.Store.ConfirmReel(r.Context(), reel.ID, accountOf(r.Context()).ID); err != nil {
		return err
	}
	h.answerReel(w, r, http.StatusOK, reel)
	return nil
}

// manifestJSON is the manifest with what came after it was written.
type manifestJSON struct {
	store.Manifest
	ConfirmedBy store.AccountID `json:"confirmed_by,omitempty"`
	Confirmed   time.Time       `json:"confirmed,omitzero"`
}

func (h *Web) getManifest(w http.ResponseWriter, r *http.Request) error {
	reel, err := h.seenReel(r)
	if err != nil {
		return err
	}
	if reel.Manifest == nil {
		return vig.Errorf(vig.CodeConflict, "find manifest", "the draft is bound to nothing: make a reel of the clips that you keep")
	}
	h.answer(w, r, http.StatusOK, manifestJSON{*reel.Manifest, reel.ConfirmedBy, reel.Confirmed})
	return nil
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
	if reel, err = h.tryReelAgain(r.Context(), reel.ID); err != nil {
		return err
	}
	h.answerReel(w, r, http.StatusOK, reel)
	return nil
}

// tryReelAgain queues a reel that failed.
func (h *Web) tryReelAgain(ctx context.Context, id store.ReelID) (store.Reel, error) {
	if _, err := h.Store.RetryReel(ctx, id); err != nil {
		return store.Reel{}, err
	}
	reel, err := h.Store.Reel(ctx, id)
	if err == nil {
		h.enqueueReel(ctx, reel)
	}
	return reel, err
}

func (h *Web) downloadReel(w http.ResponseWriter, r *http.Request) error {
	reel, err := h.seenReel(r)
	if err != nil {
		return err
	}
	if r.URL.Query().Has("download") {
		w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="reel-%d.mp4"`, reel.Version))
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
