package web

import (
	"context"
	"net/http"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

// filmProgressJSON is the progress of one film of several.
type filmProgressJSON struct {
	Film store.FilmID `json:"film"`
	progressJSON
}

// watchCase sends the events of all films of a case, in one stream: a browser
// keeps only six connections to one service.
func (h *Web) watchCase(w http.ResponseWriter, r *http.Request) error {
	c, err := h.seenCase(r)
	if err != nil {
		return err
	}
	s, err := h.openStream(w, r)
	if s == nil || err != nil {
		return err
	}
	defer s.close()
	ctx := r.Context()
	looking, beating := time.NewTicker(look), time.NewTicker(h.beat)
	defer looking.Stop()
	defer beating.Stop()
	told := toldFilms{as: map[store.FilmID]string{}, whole: true}
	for {
		if err := h.lookAtCase(ctx, s, c, &told); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-h.stopping:
			return nil
		case <-looking.C:
		case <-beating.C:
			told.whole = true
			if !h.stillMay(r, func(ctx context.Context) error { _, err := h.seenCaseOf(ctx, c.ID); return err }) {
				return nil
			}
			if err := s.write(":\n\n"); err != nil {
				return err
			}
		}
	}
}

// toldFilms is what a stream has told of the films of a case.
type toldFilms struct {
	as     map[store.FilmID]string // the event that told of it last
	moving map[store.FilmID]bool   // as they were at the last look
	whole  bool                    // whether the next look is at all: somebody may do something with a film at rest
}

// filmsToLookAt lists the films of a case that move, and those that have come to
// rest since the last look.
func (h *Web) filmsToLookAt(ctx context.Context, c store.Case, told *toldFilms) ([]store.Film, error) {
	films, err := h.allFilms(ctx, store.FilmQuery{Case: c.ID, Moving: !told.whole})
	if err != nil {
		return nil, err
	}
	listed, moving := map[store.FilmID]bool{}, map[store.FilmID]bool{}
	for _, f := range films {
		listed[f.ID] = true
		if f.Moves() {
			moving[f.ID] = true
		}
	}
	for id := range told.moving {
		if listed[id] {
			continue
		}
		f, err := h.Store.Film(ctx, id)
		if vig.CodeOf(err) == vig.CodeNotFound { // an upload that was given up
			continue
		}
		if err != nil {
			return nil, err
		}
		films = append(films, f)
	}
	told.moving, told.whole = moving, false
	return films, nil
}

// lookAtCase sends the films of a case that are not as they were told to be, and
// how far those are that are worked on. Records that cannot be read now are read
// at the next look.
func (h *Web) lookAtCase(ctx context.Context, s *stream, c store.Case, told *toldFilms) error {
	films, err := h.filmsToLookAt(ctx, c, told)
	if err != nil {
		if ctx.Err() == nil {
			h.log.WarnContext(ctx, "films of a case cannot be looked at", "case", c.ID, "error", err)
		}
		return nil
	}
	for _, f := range films {
		shown, err := h.describe(ctx, f)
		if err != nil {
			if code := vig.CodeOf(err); code != vig.CodeNotFound && ctx.Err() == nil {
				h.log.WarnContext(ctx, "film cannot be looked at", "film", f.ID, "error", err)
			}
			continue
		}
		// The ids are not sent: who comes back is told of all films again.
		if id := eventOf(f, shown); told.as[f.ID] != id {
			told.as[f.ID] = id
			if err := s.send("film", "", shown); err != nil {
				return err
			}
		}
		if f.State != store.FilmAnalysing {
			continue
		}
		if p := h.progress(ctx, string(f.ID)); p != nil {
			if err := s.send("progress", "", filmProgressJSON{f.ID, *p}); err != nil {
				return err
			}
		}
	}
	return nil
}
