package web

import (
	"net/http"

	"attune/internal/store"
	"attune/internal/vig"
)

// reviewJSON is all that the guider made of a film's clips.
type reviewJSON struct {
	Clips  []clipJSON   `json:"clips"`
	Order  orderJSON    `json:"order"`
	Played [][2]float64 `json:"played"`
}

// orderJSON is the order of the reel.
type orderJSON struct {
	Clips []store.ClipID `json:"clips"`
	ETag  string         `json:"etag"`
}

func showOrder(clips []store.Clip, review store.Review) orderJSON {
	reel := store.InReel(clips)
	order := orderJSON{Clips: make([]store.ClipID, len(reel)), ETag: etagOf(review.OrderVersion)}
	for i, c := range reel {
		order.Clips[i] = c.ID
	}
	return order
}

// showSpans is how spans are told, [start, end) in seconds.
func showSpans(spans []vig.Span) [][2]float64 {
	shown := make([][2]float64, len(spans))
	for i, s := range spans {
		shown[i] = [2]float64{seconds(s.Start), seconds(s.End)}
	}
	return shown
}

// readSpans is the other way round.
func readSpans(told [][2]float64) []vig.Span {
	spans := make([]vig.Span, len(told))
	for i, s := range told {
		spans[i] = vig.Span{Start: duration(s[0]), End: duration(s[1])}
	}
	return spans
}

// reviewOf reads all that the guider made of a film's clips.
func (h *Web) reviewOf(r *http.Request, of store.FilmID) (reviewJSON, error) {
	clips, err := h.Store.Clips(r.Context(), of)
	if err != nil {
		return reviewJSON{}, err
	}
	review, err := h.Store.Review(r.Context(), of)
	if err != nil {
		return reviewJSON{}, err
	}
	return reviewJSON{Clips: showClips(clips), Order: showOrder(clips, review), Played: showSpans(review.Played)}, nil
}

func (h *Web) listClips(w http.ResponseWriter, r *http.Request) error {
	f, err := h.seenFilm(r)
	if err != nil {
		return err
	}
	review, err := h.reviewOf(r, f.ID)
	if err != nil {
		return err
	}
	h.answer(w, r, http.StatusOK, review)
	return nil
}

// playedOf reads what was played from the body of a request.
func playedOf(r *http.Request) ([]vig.Span, error) {
	var asked struct {
		Played [][2]float64 `json:"played"`
	}
	err := decode(r, &asked)
	return readSpans(asked.Played), err
}

// addPlayed notes what of a film was played.
func (h *Web) addPlayed(w http.ResponseWriter, r *http.Request) error {
	f, err := h.ownFilm(r)
	if err != nil {
		return err
	}
	played, err := playedOf(r)
	if err != nil {
		return err
	}
	review, err := h.Store.AddPlayed(r.Context(), f.ID, played)
	if err != nil {
		return err
	}
	h.answer(w, r, http.StatusOK, map[string][][2]float64{"played": showSpans(review.Played)})
	return nil
}

// setOrder puts the kept clips in the order of the reel.
func (h *Web) setOrder(w http.ResponseWriter, r *http.Request) error {
	const op = "set order"
	f, err := h.ownFilm(r)
	if err != nil {
		return err
	}
	version, err := versionOf(r)
	if err != nil {
		return err
	}
	var asked struct {
		Clips []store.ClipID `json:"clips"`
	}
	if err := decode(r, &asked); err != nil {
		return err
	}
	review, err := h.Store.OrderClips(r.Context(), f.ID, version, asked.Clips)
	if vig.CodeOf(err) == vig.CodeConflict && version != 0 {
		if now, again := h.Store.Review(r.Context(), f.ID); again == nil && now.OrderVersion != version {
			return &vig.Error{Code: codeOutdated, Op: op, Err: err}
		}
	}
	if err != nil {
		return err
	}
	w.Header().Set("ETag", etagOf(review.OrderVersion))
	h.answer(w, r, http.StatusOK, orderJSON{Clips: asked.Clips, ETag: etagOf(review.OrderVersion)})
	return nil
}
