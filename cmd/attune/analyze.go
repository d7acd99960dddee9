package main

import (
	"fmt"
	"path/filepath"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"attune/internal/report"
)

// analyzeFlags are the settings of one analysis.
type analyzeFlags struct {
	out      string
	models   string
	cascades bool
	noReel   bool
	overlay  bool
	from     string
	sampleHz float64
	most     int
}

func newAnalyze() *cobra.Command {
	var f analyzeFlags
	c := &cobra.Command{
		Use:   "analyze FILM | analyze --from FILE -o DIR",
		Short: "Find moments in a film; write reel, stills and report",
		Long: `Analyze looks at a film, suggests moments with the evidence for each, and writes
into a folder:

  report.html          player, moments, evidence and signals on one page; open this
  reel.mp4             the draft reel: the best three suggestions, one after the other
  stills/m1.jpg …      a picture of each suggestion
  analysis.json        the findings, for programs
  signals.json         who faces whom, smiles, voice and movement over time, for programs
  frames.json          when each frame of the film is shown, for players that step by frames
  observations.jsonl   what was measured on each sample, one line each

Finding nothing is an answer too: then there is a report, and no reel.
The folder is filled at the end, all at once; Ctrl-C leaves nothing half-written.

With --from, what was measured on a film earlier is analysed again, in a moment and
without the film; analysis.json must lie beside the observations.

Exit codes: 0 done, 1 failed, 2 the film is broken or not a film, 3 the film is of a
kind that is not taken, 64 the call was wrong, 130 stopped.`,
		Example: `  attune analyze visit.mp4
  attune analyze visit.mp4 -o results/visit
  attune analyze --from results/visit/observations.jsonl -o results/again`,
		Args: func(c *cobra.Command, args []string) error {
			if f.from != "" {
				return nil // see checkFrom
			}
			return oneFilm(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			return analyze(c, args, f)
		},
	}
	c.Flags().StringVarP(&f.out, "out", "o", "", "folder for the results (default: NAME.attune in the current folder)")
	c.Flags().StringVar(&f.models, "models", "", "folder of the face model (default: see 'attune models list')")
	c.Flags().BoolVar(&f.cascades, "cascades", false, "use the reduced mode even where the face model is installed")
	c.Flags().BoolVar(&f.noReel, "no-reel", false, "findings only: no reel and no stills")
	c.Flags().BoolVar(&f.overlay, "overlay", false, "also write overlay.mp4: the film with faces, turns of the head, smiles and who faces whom drawn on it")
	c.Flags().StringVar(&f.from, "from", "", "start from an earlier observations.jsonl, without looking again: quick, and without a reel")
	c.Flags().Float64Var(&f.sampleHz, "sample-hz", defaultSampleHz, "frames looked at per second of film, 2 to 15")
	c.Flags().IntVar(&f.most, "most", 0, "suggest no more moments than so many (default: by the film's length, 8 in ten minutes)")
	return c
}

// How many samples a second. At 6 they are 167 ms apart, so that one lies inside
// the shortest answer looked for, 0.3 s; at 2 answers are missed of which the
// longest looked for, 3 s, are still found; beyond 15 heads and mouths do not
// move enough from one to the next to be worth the time.
const (
	defaultSampleHz = 6
	leastSampleHz   = 2
	mostSampleHz    = 15
)

// gcPercent keeps the memory of an hour's film near that of a few minutes': what
// is kept of a film is small, but Go would let it double before it collects.
// Collecting costs little here, where most of the work is done in C.
const gcPercent = 20

func analyze(c *cobra.Command, args []string, f analyzeFlags) error {
	if !(f.sampleHz >= leastSampleHz && f.sampleHz <= mostSampleHz) {
		return usageError{fmt.Errorf("--sample-hz is %g; it takes %d to %d", f.sampleHz, leastSampleHz, mostSampleHz)}
	}
	if f.most < 0 {
		return usageError{fmt.Errorf("--most is %d; it takes 1 and more", f.most)}
	}
	if f.from != "" {
		if err := f.checkFrom(args, c.Flags().Changed); err != nil {
			return err
		}
	}
	debug.SetGCPercent(gcPercent)
	bars := newBars(c.ErrOrStderr())
	study, err := f.study(c.Context(), args, bars)
	if err != nil {
		return err
	}
	defer study.close()

	page, err := study.work(c.Context(), extras{reel: !f.noReel, overlay: f.overlay, most: f.most}, bars)
	if err != nil {
		return err
	}
	if err := study.folder.publish(); err != nil {
		return err
	}
	tell(c, study.folder.dir, page)
	return nil
}

// tell ends the call with what was found and where it lies.
func tell(c *cobra.Command, dir string, page report.Page) {
	out := c.OutOrStdout()
	a := page.Analysis
	switch n := len(a.Moments); n {
	case 0:
		fmt.Fprintln(out, "No moment is suggested in this film. The report shows what was seen.")
	case 1:
		fmt.Fprintln(out, "1 moment is suggested:")
	default:
		fmt.Fprintf(out, "%d moments are suggested:\n", n)
	}
	for _, m := range a.Moments {
		fmt.Fprintf(out, "  %s  %s–%s", m.ID, report.Clock(m.Span.Start), report.Clock(m.Span.End))
		if len(m.Evidence) > 0 {
			fmt.Fprintf(out, "  %s", m.Evidence[0].Text)
		}
		fmt.Fprintln(out)
	}
	for _, note := range slices.Concat(a.Film.Notes, a.Notes) {
		fmt.Fprintln(out, "Note: "+note)
	}
	if page.Reel != "" {
		fmt.Fprintln(out, "Reel:   "+filepath.Join(dir, reelFile))
	}
	fmt.Fprintln(out, "Report: "+filepath.Join(dir, report.PageFile))
}
