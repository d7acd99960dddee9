package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"attune/internal/store"
	"attune/internal/vig"
	"attune/internal/web/page"
)

// reviewed is the part of an analysis that the review shows.
type reviewed struct {
	Film struct {
		AudioCodec string   `json:"audio_codec"`
		Notes      []string `json:"notes"`
	} `json:"film"`
	Moments []page.ReviewMoment `json:"moments"`
	Notes   []string            `json:"notes"`
}

// reviewPage shows the review of a film. One that is not analysed yet has a page
// that says how far it is.
func (h *Web) reviewPage(w http.ResponseWriter, r *http.Request) error {
	f, err := h.seenFilm(r)
	if err != nil {
		return err
	}
	if f.Analysis == "" || f.State != store.FilmReady && f.State != store.FilmConfirmed {
		http.Redirect(w, r, "/films/"+string(f.ID), http.StatusSeeOther)
		return nil
	}
	model, err := h.reviewModel(r, f)
	if err != nil {
		return err
	}
	return h.page(w, r, http.StatusOK, model)
}

func (h *Web) reviewModel(r *http.Request, f store.Film) (page.Review, error) {
	a, err := h.Store.Analysis(r.Context(), f.Analysis)
	if err != nil {
		return page.Review{}, err
	}
	var found reviewed
	if err := json.Unmarshal(a.JSON, &found); err != nil {
		return page.Review{}, fmt.Errorf("read analysis: %w", err)
	}
	kase, err := h.Store.Case(r.Context(), f.Case)
	if err != nil {
		return page.Review{}, err
	}
	cycle, err := h.Store.Cycle(r.Context(), f.Cycle)
	if err != nil {
		return page.Review{}, err
	}
	review, err := h.reviewOf(r, f.ID)
	if err != nil {
		return page.Review{}, err
	}
	at := "/api/v1/films/" + string(f.ID)
	for i, m := range found.Moments {
		name := "stills/" + m.ID + ".jpg"
		if _, ok := a.Keys[name]; ok {
			found.Moments[i].Still = at + "/" + name
		}
	}
	may := f.Guider == accountOf(r.Context()).ID
	return page.Review{
		CaseID: string(kase.ID), Code: kase.Code, CycleID: string(cycle.ID), CycleNumber: cycle.Number,
		FilmID: string(f.ID), Name: f.Name, MayChange: may, Confirmed: f.State == store.FilmConfirmed,
		Viewing: string(f.Viewing), Silent: found.Film.AudioCodec == "",
		NotSeen: append(found.Film.Notes, found.Notes...),
		Data: page.ReviewData{
			Film: page.ReviewFilm{
				ID: string(f.ID), Duration: exact(f.Duration), Source: at + "/viewing",
				Frames: at + "/frames.json", Signals: at + "/signals.json", Viewing: string(f.Viewing),
			},
			MayChange: may, Moments: found.Moments, Goals: goalsOf(kase, cycle),
			Principles: principleNames(), Keys: page.KeyCommands(), Review: review,
		},
	}, nil
}

// goalsOf returns what the client wants, a line each: for this cycle, then
// altogether.
func goalsOf(c store.Case, y store.Cycle) []string {
	goals := []string{}
	for line := range strings.Lines(y.Goal + "\n" + c.Goals) {
		if line = strings.TrimSpace(line); line != "" {
			goals = append(goals, line)
		}
	}
	return goals
}

func principleNames() []string {
	names := make([]string, len(vig.Principles))
	for i, p := range vig.Principles {
		names[i] = string(p)
	}
	return names
}

// keysPage shows the keys of the review.
func (h *Web) keysPage(w http.ResponseWriter, r *http.Request) error {
	return h.page(w, r, http.StatusOK, page.Keys{})
}
