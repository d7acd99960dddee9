package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"attune/internal/store"
	"attune/internal/vig"
)

type clipJSON struct {
	ID      store.ClipID    `json:"id"`
	Film    store.FilmID    `json:"film"`
	Moment  string          `json:"moment,omitempty"`
	Rank    int             `json:"rank,omitempty"`
	Start   float64         `json:"start_s"`
	End     float64         `json:"end_s"`
	State   store.ClipState `json:"state"`
	ByHand  bool            `json:"by_hand"`
	Tags    []vig.Principle `json:"tags"`
	Goal    string          `json:"goal"`
	Note    string          `json:"note"`
	Place   int             `json:"position,omitempty"`
	Deleted bool            `json:"deleted,omitempty"`
	ETag    string          `json:"etag"`
}

func showClip(c store.Clip) clipJSON {
	shown := clipJSON{
		ID: c.ID, Film: c.Film, Moment: c.Moment, Rank: c.Rank,
		Start: exact(c.Span.Start), End: exact(c.Span.End), State: c.State, ByHand: c.ByHand,
		Tags: c.Tags, Goal: c.Goal, Note: c.Note, Place: c.Position, Deleted: !c.Deleted.IsZero(), ETag: etagOf(c.Version),
	}
	if shown.Tags == nil {
		shown.Tags = []vig.Principle{} // a list in JSON too
	}
	return shown
}

func showClips(clips []store.Clip) []clipJSON {
	shown := make([]clipJSON, len(clips))
	for i, c := range clips {
		shown[i] = showClip(c)
	}
	return shown
}

// etagOf is a version as HTTP has it.
func etagOf(version int) string { return fmt.Sprintf("%q", strconv.Itoa(version)) }

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
	if !quoted || !closed || err != nil || version < 1 { // of another thing, or weak: it cannot match
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

// seenClip returns the clip of the request's path, if its film is the account's
// or is shared with it.
func (h *Web) seenClip(r *http.Request) (store.Clip, error) {
	c, err := h.Store.Clip(r.Context(), store.ClipID(idOf(r, "clip")))
	if err == nil {
		_, err = h.seenFilmOf(r.Context(), c.Film)
	}
	return c, err
}

func (h *Web) getClip(w http.ResponseWriter, r *http.Request) error {
	c, err := h.seenClip(r)
	if err != nil {
		return err
	}
	h.answerClip(w, r, http.StatusOK, c)
	return nil
}

func (h *Web) answerClip(w http.ResponseWriter, r *http.Request, status int, c store.Clip) {
	w.Header().Set("ETag", etagOf(c.Version))
	h.answer(w, r, status, showClip(c))
}

// ownClipVersion returns the clip of the request's path and the version that
// the request means to change: that which it has, or none.
func (h *Web) ownClipVersion(r *http.Request) (store.Clip, error) {
	c, err := h.ownClip(r)
	if err != nil {
		return store.Clip{}, err
	}
	version, err := versionOf(r)
	if err == nil && version != 0 && version != c.Version {
		err = &vig.Error{Code: codeOutdated, Op: "find clip"}
	}
	return c, err
}

// outdated makes of a conflict that another came first what HTTP calls it.
// What the request named was that version; 0 is any.
func (h *Web) outdated(r *http.Request, id store.ClipID, version int, err error) error {
	if vig.CodeOf(err) == vig.CodeConflict && version != 0 {
		if now, again := h.Store.Clip(r.Context(), id); again == nil && now.Version != version {
			return &vig.Error{Code: codeOutdated, Op: "set clip", Err: err}
		}
	}
	return err
}

// setClip changes what a request names of a clip, if it is still as whoever
// asks has seen it.
func (h *Web) setClip(w http.ResponseWriter, r *http.Request) error {
	c, err := h.ownClipVersion(r)
	if err != nil {
		return err
	}
	var asked struct {
		State  *store.ClipState `json:"state"`
		Start  *float64         `json:"start_s"`
		End    *float64         `json:"end_s"`
		Tags   *[]vig.Principle `json:"tags"`
		Goal   *string          `json:"goal"`
		Note   *string          `json:"note"`
		Played [][2]float64     `json:"played"`
	}
	if err := decode(r, &asked); err != nil {
		return err
	}
	change := store.ClipChange{State: asked.State, Tags: asked.Tags, Goal: asked.Goal, Note: asked.Note, Played: readSpans(asked.Played)}
	if asked.Start != nil || asked.End != nil {
		span := c.Span
		if asked.Start != nil {
			span.Start = duration(*asked.Start)
		}
		if asked.End != nil {
			span.End = duration(*asked.End)
		}
		change.Span = &span
	}
	// What is not named stays as it was in this version, so none but this may be
	// changed, whatever the request said.
	set, err := h.Store.ChangeClip(r.Context(), c.ID, c.Version, change)
	if err != nil {
		return h.outdated(r, c.ID, c.Version, err)
	}
	h.answerClip(w, r, http.StatusOK, set)
	return nil
}

// createClip adds a clip of the guider's own.
func (h *Web) createClip(w http.ResponseWriter, r *http.Request) error {
	f, err := h.ownFilm(r)
	if err != nil {
		return err
	}
	var asked struct {
		Request string          `json:"request"`
		Start   float64         `json:"start_s"`
		End     float64         `json:"end_s"`
		State   store.ClipState `json:"state"`
		Tags    []vig.Principle `json:"tags"`
		Goal    string          `json:"goal"`
		Note    string          `json:"note"`
		Played  [][2]float64    `json:"played"`
	}
	if err := decode(r, &asked); err != nil {
		return err
	}
	c, err := h.Store.AddClip(r.Context(), f.ID, store.NewClip{
		Request: asked.Request, Span: vig.Span{Start: duration(asked.Start), End: duration(asked.End)}, State: asked.State,
		Tags: asked.Tags, Goal: asked.Goal, Note: asked.Note, Played: readSpans(asked.Played),
	})
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/clips/"+string(c.ID))
	h.answerClip(w, r, http.StatusCreated, c)
	return nil
}

// splitClip makes two clips of one.
func (h *Web) splitClip(w http.ResponseWriter, r *http.Request) error {
	c, err := h.ownClip(r)
	if err != nil {
		return err
	}
	version, err := versionOf(r)
	if err != nil {
		return err
	}
	var asked struct {
		At      float64 `json:"at_s"`
		Request string  `json:"request"`
	}
	if err := decode(r, &asked); err != nil {
		return err
	}
	// Whether it is outdated only the records know: a request whose answer was
	// lost changed the version itself.
	first, second, err := h.Store.SplitClip(r.Context(), c.ID, version, duration(asked.At), asked.Request)
	if err != nil {
		return h.outdated(r, c.ID, version, err)
	}
	h.answer(w, r, http.StatusOK, map[string][]clipJSON{"clips": showClips([]store.Clip{first, second})})
	return nil
}

func (h *Web) deleteClip(w http.ResponseWriter, r *http.Request) error {
	return h.moveClip(w, r, h.Store.DeleteClip)
}

func (h *Web) restoreClip(w http.ResponseWriter, r *http.Request) error {
	return h.moveClip(w, r, h.Store.RestoreClip)
}

func (h *Web) moveClip(w http.ResponseWriter, r *http.Request, move func(context.Context, store.ClipID, int) (store.Clip, error)) error {
	c, err := h.ownClipVersion(r)
	if err != nil {
		return err
	}
	moved, err := move(r.Context(), c.ID, c.Version)
	if err != nil {
		return h.outdated(r, c.ID, c.Version, err)
	}
	h.answerClip(w, r, http.StatusOK, moved)
	return nil
}
