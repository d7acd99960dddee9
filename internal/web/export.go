package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"attune/internal/export"
	"attune/internal/store"
	"attune/internal/vault"
	"attune/internal/vig"
)

// exportFormat is one of the forms in which other programs take the clips of a
// film.
type exportFormat struct {
	ending string // of the file
	kind   string // MIME type
	write  func(io.Writer, export.Cut) error
}

var exportFormats = map[string]exportFormat{
	"edl": {"edl", "text/plain; charset=us-ascii", export.EDL},
	"csv": {"csv", "text/csv; charset=utf-8; header=present", export.CSV},
	"eaf": {"eaf", "text/x-eaf+xml; charset=utf-8", export.EAF},
	"vtt": {"vtt", "text/vtt; charset=utf-8", export.VTT},
}

// exportFilm sends the clips of a film as they are now.
func (h *Web) exportFilm(ending string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		f, err := h.seenFilm(r)
		if err != nil {
			return err
		}
		kept, err := h.Store.KeptClips(r.Context(), f.ID)
		if err != nil {
			return err
		}
		return h.export(w, r, f, store.Reel{}, kept, ending)
	}
}

// exportReel sends the clips of a film as a version of its reel shows them, with
// what was written of them then; where that was not kept, with what is now.
func (h *Web) exportReel(ending string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		reel, err := h.seenReel(r)
		if err != nil {
			return err
		}
		if reel.Manifest == nil {
			return vig.Errorf(vig.CodeConflict, "export reel", "the draft is of no kept clips: make a reel of those that you keep")
		}
		f, err := h.seenFilmOf(r.Context(), reel.Film)
		if err != nil {
			return err
		}
		var shown []store.Clip
		for _, bound := range reel.Manifest.Clips {
			clip := store.Clip{Tags: bound.Tags, Goal: bound.Goal, Note: bound.Note}
			if !reel.Manifest.HasTexts() {
				if clip, err = h.Store.Clip(r.Context(), bound.Clip); err != nil && vig.CodeOf(err) != vig.CodeNotFound {
					return err
				}
			}
			clip.ID, clip.Moment, clip.Span, clip.State = bound.Clip, bound.Moment, bound.Span(), store.ClipKept
			shown = append(shown, clip)
		}
		return h.export(w, r, f, reel, shown, ending)
	}
}

// export sends the clips of a film in a format, those that are in the reel
// first.
func (h *Web) export(w http.ResponseWriter, r *http.Request, f store.Film, reel store.Reel, inReel []store.Clip, ending string) error {
	if f.Analysis == "" {
		return vig.Errorf(vig.CodeConflict, "export film", "the film is %s: there are no clips", f.State)
	}
	cut := export.Cut{Version: reel.Version, Card: reel.Card.Length, Made: time.Now()}
	for i, clip := range inReel {
		cut.Clips = append(cut.Clips, exportClip(clip, i+1))
	}
	if reel.Version == 0 {
		all, err := h.Store.Clips(r.Context(), f.ID)
		if err != nil {
			return err
		}
		for _, clip := range all {
			if clip.State != store.ClipKept {
				cut.Clips = append(cut.Clips, exportClip(clip, 0))
			}
		}
	}
	if err := h.describeFilm(r.Context(), f, &cut); err != nil {
		return err
	}
	format := exportFormats[ending]
	var text strings.Builder // some kilobytes, and an error may come last
	if err := format.write(&text, cut); err != nil {
		return err
	}
	name := "clips"
	if reel.Version > 0 {
		name = fmt.Sprintf("reel-%d", reel.Version)
	}
	w.Header().Set("Content-Type", format.kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.%s"`, name, format.ending))
	_, _ = io.WriteString(w, text.String()) // whoever asked may have gone
	return nil
}

var exportStates = map[store.ClipState]string{
	store.ClipKept: "kept", store.ClipSuggested: "suggested", store.ClipSetAside: "set aside",
}

func exportClip(c store.Clip, place int) export.Clip {
	return export.Clip{
		Span: c.Span, Place: place, State: exportStates[c.State], Moment: c.Moment, Principles: c.Tags, Goal: c.Goal, Note: c.Note,
	}
}

// describeFilm adds what is known of a film, and the evidence for its moments.
func (h *Web) describeFilm(ctx context.Context, f store.Film, cut *export.Cut) error {
	const op = "describe film"
	a, err := h.Store.Analysis(ctx, f.Analysis)
	if err != nil {
		return err
	}
	var found struct {
		Film struct {
			AudioCodec string `json:"audio_codec"`
		} `json:"film"`
		Moments []struct {
			Evidence []struct {
				Cue   vig.Cue `json:"cue"`
				Start float64 `json:"start_s"`
				End   float64 `json:"end_s"`
				Text  string  `json:"text"`
			} `json:"evidence"`
		} `json:"moments"`
	}
	if err := json.Unmarshal(a.JSON, &found); err != nil {
		return vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	for _, m := range found.Moments {
		for _, e := range m.Evidence {
			span := vig.Span{Start: duration(e.Start), End: duration(e.End)}
			known := vig.Evidence{Cue: e.Cue, Span: span, Text: e.Text}
			if !slices.ContainsFunc(cut.Evidence, func(o vig.Evidence) bool {
				return o.Cue == known.Cue && o.Span == known.Span && o.Text == known.Text // two moments may share it
			}) {
				cut.Evidence = append(cut.Evidence, known)
			}
		}
	}
	original, err := h.Vault.Open(ctx, vault.OriginalKey(f.ID))
	if err != nil {
		return err
	}
	defer original.Close()
	kind, err := filmKind(original)
	if err != nil {
		return err
	}
	cut.Film = export.Film{
		Name: f.Name, Kind: kind, SHA256: f.SHA256, Duration: f.Duration, Sound: found.Film.AudioCodec != "",
	}
	cut.Film.Frames, err = h.frames(ctx, a)
	return err
}

// frames returns when the frames of a film are shown; nothing of a film that was
// analysed before that was noted.
func (h *Web) frames(ctx context.Context, a store.Analysis) (vig.FrameIndex, error) {
	key, ok := a.Keys["frames.json"]
	if !ok {
		return vig.FrameIndex{}, nil
	}
	from, err := h.Vault.Open(ctx, key)
	if err != nil {
		return vig.FrameIndex{}, err
	}
	defer from.Close()
	var found struct {
		Unit [2]int64   `json:"time_base"`
		Runs [][2]int64 `json:"runs"`
	}
	if err := json.NewDecoder(io.NewSectionReader(from, 0, from.Size())).Decode(&found); err != nil {
		return vig.FrameIndex{}, vig.Errorf(vig.CodeInternal, "read frames", "%w", err)
	}
	index := vig.FrameIndex{Num: found.Unit[0], Den: found.Unit[1]}
	for _, run := range found.Runs {
		index.Runs = append(index.Runs, vig.FrameRun{Count: int(run[0]), Delta: run[1]})
	}
	return index, nil
}
