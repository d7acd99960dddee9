package main

import (
	"context"
	"slices"
	"time"

	"attune/analysis/observe"
	"attune/internal/vig"
	"attune/pipeline"
)

// overlayFile is the film with what was seen drawn on it.
const overlayFile = "overlay.mp4"

// overlayLongSide is wide enough to read what is drawn and small enough to be
// written quickly; the samples are those of the analysis.
const overlayLongSide = 960

// overlay draws what was seen on the film's samples.
func overlay(ctx context.Context, s *study, people []vig.Person, scenes []vig.Scene, p progress) error {
	bar := p.start("Drawing what was seen")
	defer bar.stop()
	roles := map[vig.PersonID]string{}
	for _, person := range people {
		roles[person.ID] = string(person.ID)
		if person.Role != vig.RoleUnknown {
			roles[person.ID] += " " + string(person.Role)
		}
	}
	err := s.source.Overlay(ctx, s.folder.path(overlayFile), pipeline.OverlayConfig{
		FramesConfig: pipeline.FramesConfig{Hz: s.settings.SampleHz, LongSide: overlayLongSide},
		Progress:     bar.set,
		Draw: func(sample vig.Sample) error {
			at := sample.Time.Round(time.Millisecond) // as observations have it: see report.Round
			i, found := slices.BinarySearchFunc(scenes, at, func(s vig.Scene, t time.Duration) int { return int(s.Time - t) })
			if !found {
				return nil
			}
			return observe.Draw(sample.Picture, marks(s.rec.Observations[i], scenes[i], roles))
		},
	})
	if err != nil {
		return err
	}
	bar.finish()
	return nil
}

// marks says how one sample was understood.
func marks(o vig.Observation, s vig.Scene, roles map[vig.PersonID]string) []observe.Mark {
	boxes := map[vig.PersonID]vig.Box{}
	for i, f := range s.Faces {
		boxes[f.Person] = o.Faces[i].Box
	}
	var all []observe.Mark
	for i, f := range s.Faces {
		m := observe.Mark{Face: o.Faces[i], Label: roles[f.Person]}
		for _, other := range f.Facing {
			if box, ok := boxes[other]; ok {
				m.Facing = append(m.Facing, box)
			}
		}
		all = append(all, m)
	}
	return all
}
