package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"attune/internal/report"
	"attune/internal/vig"
)

// errDiffer ends a comparison of results that are not the same, as diff does.
var errDiffer = errors.New("the two results differ")

func newCompare() *cobra.Command {
	return &cobra.Command{
		Use:   "compare A B",
		Short: "Say how two results of one film differ",
		Long: `Compare takes two folders that analyze filled, or their analysis.json files, and says
which suggestions are in both, which moved or changed rank, and which only one has.
Suggestions that overlap by half of their union or more are taken for the same.

Exit codes: 0 they are the same, 1 they differ, 64 one of them cannot be read.`,
		Example: "  attune compare visit.attune results/again",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usageError{fmt.Errorf("name two results: '%s'; see --help", c.UseLine())}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			a, errA := readResult(args[0])
			b, errB := readResult(args[1])
			if err := errors.Join(errA, errB); err != nil {
				return usageError{err}
			}
			return compare(c.OutOrStdout(), a, b)
		},
	}
}

// readResult reads the analysis.json that path is, or that lies in it.
func readResult(path string) (report.Analysis, error) {
	if stat, err := os.Stat(path); err == nil && stat.IsDir() {
		path = filepath.Join(path, report.AnalysisFile)
	}
	file, err := os.Open(path)
	if err != nil {
		return report.Analysis{}, err
	}
	defer file.Close()
	a, err := report.ReadAnalysis(file)
	if err != nil {
		err = vig.Errorf(vig.CodeInternal, path, "%w", err) // not the fault of a film
	}
	return a, err
}

func compare(out io.Writer, a, b report.Analysis) error {
	if a.Film.SHA256 != b.Film.SHA256 {
		fmt.Fprintln(out, "These are results of two different files.")
	}
	if !reflect.DeepEqual(a.Settings, b.Settings) {
		fmt.Fprintf(out, "settings: %s, %g samples a second, version %s / %s, %g samples a second, version %s\n",
			a.Settings.Detector, a.Settings.SampleHz, a.Settings.Version, b.Settings.Detector, b.Settings.SampleHz, b.Settings.Version)
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "A\tB\toverlap\twhat")
	same := true
	for _, p := range report.Pairs(a, b) {
		same = same && p.Same()
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", placed(p.A), placed(p.B), overlap(p), verdict(p))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if !same {
		return errDiffer
	}
	fmt.Fprintln(out, "The same suggestions.")
	return nil
}

func placed(m *vig.Moment) string {
	if m == nil {
		return "–"
	}
	return fmt.Sprintf("%s %.1f–%.1f s", m.ID, m.Span.Start.Seconds(), m.Span.End.Seconds())
}

func overlap(p report.Pair) string {
	if p.A == nil || p.B == nil {
		return "–"
	}
	return fmt.Sprintf("%.2f", p.A.Span.IoU(p.B.Span))
}

func verdict(p report.Pair) string {
	switch {
	case p.B == nil:
		return "only in A"
	case p.A == nil:
		return "only in B"
	case p.Same():
		return "the same"
	case p.A.Span == p.B.Span:
		return "another rank"
	default:
		return fmt.Sprintf("starts %+.1f s, ends %+.1f s", (p.B.Span.Start - p.A.Span.Start).Seconds(), (p.B.Span.End - p.A.Span.End).Seconds())
	}
}
