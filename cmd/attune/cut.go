package main

import (
	"context"
	"time"

	"attune/internal/report"
	"attune/internal/vig"
	"attune/pipeline"
)

// cut makes the stills and the draft reel of what was found.
func cut(ctx context.Context, film *film, folder *folder, page *report.Page, p progress) error {
	spans := map[string]vig.Span{}
	page.Stills = map[string][]byte{}
	for _, m := range page.Analysis.Moments {
		spans[m.ID] = m.Span
		still, err := film.Still(ctx, stillTime(m), pipeline.StillConfig{})
		if err != nil {
			return err
		}
		page.Stills[m.ID] = still
	}
	var clips []vig.Span
	for _, id := range page.Analysis.DraftReel {
		clips = append(clips, spans[id])
	}
	reel, err := film.cutReel(ctx, folder.path(reelFile), clips, pipeline.ReelConfig{}, p.start("Cutting the draft reel"))
	if err != nil {
		return err
	}
	page.Reel = reelFile
	for _, clip := range reel.Clips {
		page.Clips = append(page.Clips, clip.At)
	}
	return nil
}

// cutReel cuts a reel of the film's spans into the file at path, and ends the
// stage.
func (f *film) cutReel(ctx context.Context, path string, spans []vig.Span, cfg pipeline.ReelConfig, stage stage) (pipeline.ReelInfo, error) {
	defer stage.stop()
	cfg.Progress = stage.set
	reel, err := f.Reel(ctx, path, spans, cfg)
	if vig.CodeOf(err) == vig.CodeUnsupported {
		err = vig.Errorf(vig.CodeInternal, "cut reel", "%w", err) // of this machine, not of the film
	}
	if err != nil {
		return reel, err
	}
	stage.finish()
	return reel, nil
}

// stillTime is when both are to be seen at their best: the middle of the
// mutual facing where there is any, otherwise of the moment.
func stillTime(m vig.Moment) time.Duration {
	span := m.Span
	for _, e := range m.Evidence {
		if e.Cue == vig.CueMutualFacing {
			span = e.Span.Clamp(m.Span)
			break
		}
	}
	return span.Start + span.Length()/2
}
