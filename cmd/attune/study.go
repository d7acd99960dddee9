package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"attune/analysis"
	"attune/internal/report"
	"attune/internal/vig"
)

// study is what an analysis starts from, and where its results go.
type study struct {
	rec      vig.Recording
	film     report.Film
	settings report.Settings
	source   *film          // nil where there is only what was measured earlier
	frames   vig.FrameIndex // of the film; empty where neither it nor an earlier result tells
	folder   *folder
}

// close gives up what study holds; results that were not published are gone.
func (s *study) close() {
	if s.folder != nil {
		s.folder.discard()
	}
	if s.source != nil {
		s.source.close()
	}
}

// study measures the film named by args, or reads what was measured earlier.
// The caller closes the study.
func (f analyzeFlags) study(ctx context.Context, args []string, bars *bars) (_ *study, err error) {
	s := &study{}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if f.from != "" {
		return s, s.read(f, bars)
	}
	return s, s.measure(ctx, args[0], f, bars)
}

// measure takes the film from its bytes to what is measured on it.
func (s *study) measure(ctx context.Context, path string, f analyzeFlags, bars *bars) error {
	detector, err := chooseDetector(f.models, f.cascades)
	if err != nil {
		return err
	}
	if detector.reduced() {
		bars.say("Reduced mode: %s", detector.why)
	}
	if s.source, err = openFilm(ctx, path); err != nil {
		return err
	}
	info := s.source.Info()
	bars.say("%s: %s, %d × %d, %s", bars.named(path), report.Clock(info.Duration), info.Width, info.Height, info.VideoCodec)
	out := f.out
	if out == "" {
		if out, err = s.defaultFolder(ctx, path); err != nil {
			return err
		}
	}
	if err := s.source.refuseInside(out); err != nil {
		return err
	}
	if s.folder, err = newFolder(out); err != nil {
		return err
	}
	return s.look(ctx, detector, f.sampleHz, bars)
}

// look measures the study's source.
func (s *study) look(ctx context.Context, d detector, hz float64, p progress) (err error) {
	if s.rec, s.film.SHA256, err = examine(ctx, s.source, d, hz, p); err != nil {
		return err
	}
	s.film.FilmInfo = s.source.Info() // with what the whole way through the film has told
	s.rec.Duration = s.film.Duration
	s.frames = s.source.Index()
	report.Round(&s.rec)
	s.settings = d.settings(hz)
	return nil
}

// extras are the parts of a result that may be left out.
type extras struct {
	reel    bool // with the stills
	overlay bool
	most    int // suggestions; 0 is as many as the film's length allows
}

// work makes the result of what was measured, in the study's folder, and
// returns what the report shows. It is done once: what was measured is given up.
func (s *study) work(ctx context.Context, with extras, p progress) (report.Page, error) {
	found := analysis.Analyze(s.rec, analysis.Config{Most: with.most})
	page := report.Page{
		Analysis: report.Analysis{
			Film: s.film, Settings: s.settings,
			People: found.People, Moments: found.Moments, DraftReel: found.DraftReel, Notes: found.Notes,
		},
		Signals: found.Signals,
		Frames:  s.frames,
	}
	if s.source != nil && with.overlay {
		if err := overlay(ctx, s, found.People, found.Scenes, p); err != nil {
			return page, err
		}
	}
	if err := s.folder.writeObservations(s.rec, found.Scenes); err != nil {
		return page, err
	}
	// What was measured is on the disk: a reel is cut in the memory it leaves.
	s.rec, found.Scenes = vig.Recording{}, nil
	debug.FreeOSMemory()
	if s.source != nil && with.reel && len(found.Moments) > 0 {
		if err := cut(ctx, s.source, s.folder, &page, p); err != nil {
			return page, err
		}
	}
	return page, s.folder.write(page)
}

// defaultFolder names the folder after the film. Films in several places may
// have one name; the result of another one is not replaced unasked.
func (s *study) defaultFolder(ctx context.Context, path string) (string, error) {
	base := filepath.Base(path)
	dir := strings.TrimSuffix(base, filepath.Ext(base)) + ".attune"
	before, err := readResult(dir)
	if err != nil {
		return dir, nil //nolint:nilerr // nothing of ours is there; newFolder sees to the rest
	}
	sum, err := hashFilm(ctx, s.source.bytes, s.source.size)
	if err == nil && sum != before.Film.SHA256 {
		err = fmt.Errorf("%s holds the result of another film; name a folder for this one with -o", dir)
	}
	return dir, err
}

// read takes what was measured earlier from observations.jsonl and the
// analysis.json beside it.
func (s *study) read(f analyzeFlags, bars *bars) error {
	before, err := readResult(filepath.Dir(f.from))
	if err != nil {
		return fmt.Errorf("the findings beside the observations are needed: %w", err)
	}
	lines, err := os.Open(f.from)
	if err != nil {
		return err
	}
	defer lines.Close()
	if s.rec, _, err = report.ReadObservations(lines); err != nil {
		return vig.Errorf(vig.CodeInternal, f.from, "%w", err) // not the fault of a film
	}
	s.film, s.settings = before.Film, before.Settings
	if s.frames, err = readFrames(filepath.Dir(f.from)); err != nil {
		return vig.Errorf(vig.CodeInternal, f.from, "%w", err)
	}
	s.settings.Version = version
	s.rec.Duration = s.film.Duration
	s.rec.Aspect = float64(s.film.Width) / float64(max(1, s.film.Height))
	if s.settings.Reduced() {
		bars.say("Reduced mode: the film was looked at without the face model")
	}
	s.folder, err = newFolder(f.out)
	return err
}

// readFrames reads the frames.json of an earlier result; results of versions
// that wrote none have none.
func readFrames(dir string) (vig.FrameIndex, error) {
	file, err := os.Open(filepath.Join(dir, report.FramesFile))
	if errors.Is(err, os.ErrNotExist) {
		return vig.FrameIndex{}, nil
	}
	if err != nil {
		return vig.FrameIndex{}, err
	}
	defer file.Close()
	return report.ReadFrames(file)
}

// checkFrom checks what goes with --from.
func (f analyzeFlags) checkFrom(args []string, set func(flag string) bool) error {
	if len(args) > 0 {
		return usageError{errors.New("--from starts from what was measured earlier; name no film with it")}
	}
	for _, flag := range []string{"overlay", "cascades", "models", "sample-hz"} {
		if set(flag) {
			return usageError{fmt.Errorf("--%s is about looking at a film; --from does not look at one", flag)}
		}
	}
	if f.out == "" {
		return usageError{errors.New("with --from, name a folder for the results: -o DIR")}
	}
	there, err := os.Stat(filepath.Dir(f.from))
	if err != nil {
		return err
	}
	if out, err := os.Stat(f.out); err == nil && os.SameFile(out, there) {
		return usageError{errors.New("-o is the folder of the earlier result, whose reel would be lost; name another")}
	}
	return nil
}
