package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"attune/internal/store"
	"attune/internal/titlecard"
	"attune/internal/vig"
	"attune/internal/web/page"
)

// reelPage is where the reel of a film is made, looked at, confirmed and taken
// away.
func (h *Web) reelPage(w http.ResponseWriter, r *http.Request) error {
	f, err := h.seenFilm(r)
	if err != nil {
		return err
	}
	return h.showReelPage(w, r, http.StatusOK, f, "", "")
}

// showReelPage answers with the page of a film's reel, with what is in its form
// and what is wrong with that.
func (h *Web) showReelPage(w http.ResponseWriter, r *http.Request, status int, f store.Film, title, wrong string) error {
	if f.Analysis == "" {
		return vig.Errorf(vig.CodeConflict, "show reel", "the film is not ready yet: there is nothing to make a reel of")
	}
	model, err := h.reelModel(r.Context(), f)
	if err != nil {
		return err
	}
	if wrong != "" || title != "" {
		model.Title, model.Wrong = title, wrong
	}
	return h.page(w, r, status, model)
}

func (h *Web) reelModel(ctx context.Context, f store.Film) (page.Reel, error) {
	of, err := h.Store.Case(ctx, f.Case)
	if err != nil {
		return page.Reel{}, err
	}
	cycle, err := h.Store.Cycle(ctx, f.Cycle)
	if err != nil {
		return page.Reel{}, err
	}
	model := page.Reel{
		FilmID: string(f.ID), FilmName: f.Name, CaseID: string(of.ID), CaseCode: of.Code, CycleID: string(cycle.ID), Cycle: cycle.Number,
		Mine: f.Guider == accountOf(ctx).ID, CardLength: titlecard.Length, MaxTitle: titlecard.MaxLetters,
	}
	kept, err := h.Store.KeptClips(ctx, f.ID)
	if err != nil {
		return page.Reel{}, err
	}
	for i, c := range kept {
		clip := page.ReelClip{Number: i + 1, Start: c.Span.Start, Length: c.Span.Length(), Note: c.Note}
		if c.Moment != "" {
			clip.Still = "/api/v1/films/" + string(f.ID) + "/stills/" + c.Moment + ".jpg"
		}
		for _, tag := range c.Tags {
			clip.Tags = append(clip.Tags, string(tag))
		}
		model.Clips = append(model.Clips, clip)
		model.Length += clip.Length
	}
	versions, err := h.reelVersions(ctx, f.ID)
	if err != nil || len(versions) == 0 {
		return model, err
	}
	newest, err := h.Store.Reel(ctx, versions[0].ID) // with its manifest
	if err != nil {
		return page.Reel{}, err
	}
	current := h.reelVersion(ctx, newest)
	model.Current, model.Title = &current, newest.Card.Text
	if newest.Manifest != nil {
		model.Changes = page.ReelChanges(newest.Manifest.Changes(kept))
	}
	earlier := versions[1:]
	for _, reel := range earlier[:min(len(earlier), page.MostEarlier)] {
		model.Earlier = append(model.Earlier, h.reelVersion(ctx, reel))
	}
	return model, nil
}

// reelVersions returns the versions of a film's reel, the newest first, without
// their manifests.
func (h *Web) reelVersions(ctx context.Context, of store.FilmID) ([]store.Reel, error) {
	reels, err := h.Store.Reels(ctx, of)
	reels = slices.DeleteFunc(reels, func(r store.Reel) bool { return r.Draft })
	slices.SortFunc(reels, func(a, b store.Reel) int { return b.Version - a.Version })
	return reels, err
}

func (h *Web) reelVersion(ctx context.Context, reel store.Reel) page.ReelVersion {
	v := page.ReelVersion{
		ID: string(reel.ID), Version: reel.Version, State: string(reel.State), Reason: reel.Reason, Length: reel.Duration,
		Title: reel.Card.Text, Clips: len(reel.Spans), Played: showSpans(reel.Played), Unplayed: reel.Unplayed(), Made: reel.Created, Confirmed: reel.Confirmed,
	}
	if reel.State == store.RenderRendering {
		if p := h.progress(ctx, string(reel.ID)); p != nil {
			v.Share, v.Left = p.Share, time.Duration(p.Left)*time.Second
		}
	}
	return v
}

// makeReelPage is the form that asks for the next version.
func (h *Web) makeReelPage(w http.ResponseWriter, r *http.Request) error {
	f, err := h.ownFilm(r)
	if err == nil {
		err = readForm(r)
	}
	if err != nil {
		return err
	}
	title := field(r, "title")
	_, err = h.makeReel(r.Context(), f.ID, nil, title)
	if text, status, ok := wrong(err); ok && f.Analysis != "" {
		return h.showReelPage(w, r, status, f, title, text)
	}
	if err != nil {
		return err
	}
	return toReelPage(w, r, f)
}

// confirmReelPage is the form that confirms the newest version.
func (h *Web) confirmReelPage(w http.ResponseWriter, r *http.Request) error {
	return h.onReelPage(w, r, func(reel store.Reel) error {
		_, err := h.Store.ConfirmReel(r.Context(), reel.ID, accountOf(r.Context()).ID)
		return err
	})
}

// retryReelPage is the form that has a version made again.
func (h *Web) retryReelPage(w http.ResponseWriter, r *http.Request) error {
	return h.onReelPage(w, r, func(reel store.Reel) error {
		_, err := h.tryReelAgain(r.Context(), reel.ID)
		return err
	})
}

// onReelPage does something with the reel that a form names. What does not go
// with how things are by now does nothing: the page then shows how they are.
func (h *Web) onReelPage(w http.ResponseWriter, r *http.Request, do func(store.Reel) error) error {
	f, err := h.ownFilm(r)
	if err == nil {
		err = readForm(r)
	}
	if err != nil {
		return err
	}
	reel, err := h.Store.Reel(r.Context(), store.ReelID(field(r, "reel")))
	if vig.CodeOf(err) == vig.CodeNotFound || err == nil && reel.Film != f.ID {
		return toReelPage(w, r, f)
	}
	if err == nil {
		err = do(reel)
	}
	if err != nil && vig.CodeOf(err) != vig.CodeConflict {
		return err
	}
	return toReelPage(w, r, f)
}

func toReelPage(w http.ResponseWriter, r *http.Request, f store.Film) error {
	http.Redirect(w, r, "/films/"+string(f.ID)+"/reel", http.StatusSeeOther)
	return nil
}
