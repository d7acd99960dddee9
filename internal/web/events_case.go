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
	s, err := openStream(w, r)
	if s == nil || err != nil {
		return err
	}
	ctx := r.Context()
	looking, beating := time.NewTicker(look), time.NewTicker(h.beat)
	defer looking.Stop()
	defer beating.Stop()
	told := map[store.FilmID]string{}
	for {
		if err := h.lookAtCase(ctx, s, c, told); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-h.stopping:
			return nil
		case <-looking.C:
		case <-beating.C:
			if !h.stillMay(r, func(ctx context.Context) error { _, err := h.seenCaseOf(ctx, c.ID); return err }) {
				return nil
			}
			if err := s.write(":\n\n"); err != nil {
				return err
			}
		}
	}
}

// lookAtCase sends the films of a case that are not as they were told to be, and
// how far those are that are worked on. Records that cannot be read now are read
// at the next look.
func (h *Web) lookAtCase(ctx context.Context, s *stream, c store.Case, told map[store.FilmID]string) error {
	films, err := h.Store.Films(ctx, store.FilmQuery{Case: c.ID, Page: store.Page{Limit: pageLimit}})
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
		if id := eventOf(f, shown); told[f.ID] != id {
			told[f.ID] = id
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
