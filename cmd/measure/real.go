package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"attune/internal/accuracy"
)

// labelsDir is where the labels lie, from the top of the project.
const labelsDir = "testdata/labels"

// realFilm returns where the film with those labels is, or "" where it is not
// on this machine.
func realFilm(labels string) string {
	shared := os.Getenv("ATTUNE_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "shared")
	}
	name := strings.TrimSuffix(filepath.Base(labels), filepath.Ext(labels)) + ".mp4"
	film := filepath.Join(shared, "media", "real", name)
	if _, err := os.Stat(film); err != nil {
		return ""
	}
	return film
}

// measureReal compares what was found in the labelled films with their labels.
func measureReal(ctx context.Context, out io.Writer, mode mode, dir, only string) error {
	files, err := filepath.Glob(filepath.Join(labelsDir, "*.txt"))
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%s\tfaces\t\tspurious\tyaw error\tright side\tfacing\t\t\tsmile\tsmile, AUC\n", mode.name)
	fmt.Fprintf(t, "real film\tseen\tfound\ta sample\twithin ±%d°\tbeyond ±%d°\tprecision\trecall\tF1\tAUC\tbeyond ±%d°\n",
		accuracy.YawWithin, accuracy.SideBeyond, accuracy.SmileBeyond)
	rules := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(rules, "%s\tfacing, F1\t\t\tboth faces found, F1\t\t\tmutual, F1\n", mode.name)
	fmt.Fprint(rules, "real film\tours\tplain, nearest\tplain, any\tours\tplain, nearest\tplain, any\tours\tplain, nearest\tplain, any\n")
	var films []accuracy.Real
	for _, file := range files {
		film := realFilm(file)
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		if film == "" || !strings.Contains(name, only) {
			continue
		}
		tell(mode, name)
		row, err := compareReal(ctx, file, film, filepath.Join(dir, mode.name, name), mode)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", name, mode.name, err)
		}
		printReal(t, name, row)
		printRules(rules, name, row)
		films = append(films, row)
	}
	tellDone()
	if len(films) == 0 {
		if only == "" {
			fmt.Fprintf(out, "The labelled films are not on this machine (ATTUNE_SHARED).\n\n")
		}
		return nil
	}
	printReal(t, "all", together(films))
	printRules(rules, "all", together(films))
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	if err := rules.Flush(); err != nil {
		return err
	}
	for _, figure := range []struct {
		name string
		of   func(accuracy.Real) float64
	}{
		{"faces found", func(r accuracy.Real) float64 { return r.Faces.Recall() }},
		{"F1 of facing", func(r accuracy.Real) float64 { return r.Facing.F1() }},
		{"F1 of facing where both faces were found", func(r accuracy.Real) float64 { return r.Both.F1() }},
		{"AUC of smiles", func(r accuracy.Real) float64 { return r.Smiles.AUC() }},
	} {
		of := func(films []accuracy.Real) float64 { return figure.of(together(films)) }
		low, high := accuracy.Interval(films, of)
		fmt.Fprintf(out, "%s %.3f, 95 %% %.3f–%.3f over %d films\n", figure.name, of(films), low, high, len(films))
	}
	fmt.Fprintln(out)
	return nil
}

func together(films []accuracy.Real) (all accuracy.Real) {
	for _, f := range films {
		all = all.Plus(f)
	}
	return all
}

func compareReal(ctx context.Context, labelsFile, film, dir string, mode mode) (accuracy.Real, error) {
	file, err := os.Open(labelsFile)
	if err != nil {
		return accuracy.Real{}, err
	}
	defer file.Close()
	labels, err := accuracy.ReadLabels(file)
	if err != nil {
		return accuracy.Real{}, err
	}
	r, err := analyze(ctx, film, dir, append([]string{"--no-reel"}, mode.flags...)...)
	if err != nil {
		return accuracy.Real{}, err
	}
	return accuracy.CompareReal(labels, r.rec, r.scenes), nil
}

func printReal(w io.Writer, name string, r accuracy.Real) {
	fmt.Fprintf(w, "%s\t%d\t%.3f\t%.3f\t%s\t%d of %d\t%.3f\t%.3f\t%.3f\t%s\t%s (%d, %d)\n", name,
		r.Faces.TruePositive+r.Faces.FalseNegative, r.Faces.Recall(), r.Spurious(), degrees(r.YawError()),
		r.Side.TruePositive, r.Side.TruePositive+r.Side.FalseNegative,
		r.Facing.Precision(), r.Facing.Recall(), r.Facing.F1(),
		number(r.Smiles.AUC()), number(r.Turned.AUC()), len(r.Turned.Smiling), len(r.Turned.Still))
}

// printRules prints who is turned to whom beside what the plain rule says.
func printRules(w io.Writer, name string, r accuracy.Real) {
	n, y := r.Nearest, r.Any
	fmt.Fprintf(w, "%s\t%s\t%.3f\t%.3f\t%s\t%.3f\t%.3f\t%s\t%.3f\t%.3f\n", name,
		ofTrue(r.Facing), n.Facing.F1(), y.Facing.F1(),
		ofTrue(r.Both), n.Both.F1(), y.Both.F1(),
		ofTrue(r.Mutual), n.Mutual.F1(), y.Mutual.F1())
}

// ofTrue returns the F1 of c and how many are true.
func ofTrue(c accuracy.Counts) string {
	return fmt.Sprintf("%.3f (%d)", c.F1(), c.TruePositive+c.FalseNegative)
}

func degrees(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return fmt.Sprintf("%.1f°", v)
}

func number(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return fmt.Sprintf("%.3f", v)
}
