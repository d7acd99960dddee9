package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"attune/internal/store"
	"attune/internal/vig"
)

type clipJSON struct {
	ID     store.ClipID    `json:"id"`
	Film   store.FilmID    `json:"film"`
	Moment string          `json:"moment"`
	Rank   int             `json:"rank"`
	Start  float64         `json:"start_s"`
	End    float64         `json:"end_s"`
	State  store.ClipState `json:"state"`
	ETag   string          `json:"etag"`
}

func showClip(c store.Clip) clipJSON {
	return clipJSON{
		ID: c.ID, Film: c.Film, Moment: c.Moment, Rank: c.Rank,
		Start: seconds(c.Span.Start), End: seconds(c.Span.End), State: c.State, ETag: etagOf(c),
	}
}

// etagOf is the version of a clip as HTTP has it.
func etagOf(c store.Clip) string { return fmt.Sprintf("%q", strconv.Itoa(c.Version)) }

// versionOf reads which version a request means to change. "*" is whichever
// there is.
func versionOf(r *http.Request) (version int, err error) {
	const op = "read If-Match"
	tag := r.Header.Get("If-Match")
	switch tag {
	case "":
		return 0, &vig.Error{Code: codeUnconditional, Op: op}
	case "*":
		return 0, nil
	}
	text, quoted := strings.CutPrefix(tag, `"`)
	text, closed := strings.CutSuffix(text, `"`)
	version, err = strconv.Atoi(text)
	if !quoted || !closed || err != nil || version < 1 { // of another thing than a clip, or weak: it cannot match
		return 0, &vig.Error{Code: codeOutdated, Op: op}
	}
	return version, nil
}

// ownClip returns the clip of the request's path, if its film is the account's.
func (h *Web) ownClip(r *http.Request) (store.Clip, error) {
	c, err := h.Store.Clip(r.Context(), store.ClipID(idOf(r, "clip")))
	if err == nil {
		_, err = h.ownFilmOf(r.Context(), c.Film)
	}
	return c, err
}

func (h *Web) listClips(w http.ResponseWriter, r *http.Request) error {
	f, err := h.ownFilm(r)
	if err != nil {
		return err
	}
	clips, err := h.Store.Clips(r.Context(), f.ID)
	if err != nil {
		return err
	}
	shown := make([]clipJSON, len(clips))
	for i, c := range clips {
		shown[i] = showClip(c)
	}
	h.answer(w, r, http.StatusOK, map[string][]clipJSON{"clips": shown})
	return nil
}

func (h *Web) getClip(w http.ResponseWriter, r *http.Request) error {
	c, err := h.ownClip(r)
	if err != nil {
		return err
	}
	h.answerClip(w, r, c)
	return nil
}

func (h *Web) answerClip(w http.ResponseWriter, r *http.Request, c store.Clip) {
	w.Header().Set("ETag", etagOf(c))
	h.answer(w, r, http.StatusOK, showClip(c))
}

// setClip changes what a request names of a clip, if it is still as whoever
// asks has seen it.
func (h *Web) setClip(w http.ResponseWriter, r *http.Request) error {
	c, err := h.ownClip(r)
	if err != nil {
		return err
	}
	version, err := versionOf(r)
	if err != nil {
		return err
	}
	var asked struct {
		State *store.ClipState `json:"state"`
		Start *float64         `json:"start_s"`
		End   *float64         `json:"end_s"`
	}
	if err := decode(r, &asked); err != nil {
		return err
	}
	if version != 0 && version != c.Version {
		return &vig.Error{Code: codeOutdated, Op: "set clip"}
	}
	state, span := c.State, c.Span
	if asked.State != nil {
		state = *asked.State
	}
	if asked.Start != nil {
		span.Start = duration(*asked.Start)
	}
	if asked.End != nil {
		span.End = duration(*asked.End)
	}
	// What is not named stays as it was in this version, so none but this may be
	// changed, whatever the request said.
	set, err := h.Store.SetClip(r.Context(), c.ID, c.Version, state, span)
	if vig.CodeOf(err) == vig.CodeConflict {
		if now, again := h.Store.Clip(r.Context(), c.ID); again == nil && now.Version != c.Version {
			return &vig.Error{Code: codeOutdated, Op: "set clip", Err: err}
		}
	}
	if err != nil {
		return err
	}
	h.answerClip(w, r, set)
	return nil
}
