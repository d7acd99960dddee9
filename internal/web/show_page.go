package web

import (
	"context"
	"net/http"

	"attune/internal/store"
	"attune/internal/vig"
	"attune/internal/web/page"
)

// showPage is the shared review of a film's reel.
func (h *Web) showPage(w http.ResponseWriter, r *http.Request) error {
	f, err := h.seenFilm(r)
	if err != nil {
		return err
	}
	spans, err := h.shownSpans(r.Context(), f)
	if err != nil {
		return err
	}
	at := "/api/v1/films/" + string(f.ID)
	review := page.ShowReview{
		Film:     page.ShowFilm{Source: at + "/viewing", Copy: f.Viewing != "", Frames: at + "/frames.json", Duration: f.Duration.Seconds()},
		Clips:    []page.ShowClip{},
		Evidence: at + "/moments",
	}
	for _, s := range spans {
		review.Clips = append(review.Clips, page.ShowClip{Start: s.Start.Seconds(), End: s.End.Seconds()})
	}
	if f.Guider == accountOf(r.Context()).ID {
		review.Cycle = "/api/v1/cycles/" + string(f.Cycle)
	}
	return h.page(w, r, http.StatusOK, page.Show{FilmID: string(f.ID), Clips: len(spans), Review: review})
}

// shownSpans returns what a shared review shows: what the guider confirmed last;
// before that, what is kept.
func (h *Web) shownSpans(ctx context.Context, f store.Film) ([]vig.Span, error) {
	versions, err := h.reelVersions(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	for _, reel := range versions {
		if !reel.Confirmed.IsZero() {
			return reel.Spans, nil
		}
	}
	kept, err := h.Store.KeptClips(ctx, f.ID)
	var spans []vig.Span
	for _, c := range kept {
		spans = append(spans, c.Span)
	}
	return spans, err
}
