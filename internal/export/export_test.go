package export

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"attune/internal/vig"
)

var update = flag.Bool("update", false, "write testdata anew")

const ms = time.Millisecond

func span(start, end time.Duration) vig.Span { return vig.Span{Start: start, End: end} }

// sample is a cut with everything that is hard to write: overlaps, markup, other
// scripts, formulas, lines, and a film with a name that is half an address.
func sample() Cut {
	return Cut{
		Film: Film{
			Name: "Küche: visit & tea 1.mp4", Kind: "video/mp4", SHA256: "0123456789abcdef", Duration: 10 * time.Minute, Sound: true,
			Frames: vig.FrameIndex{Num: 1, Den: 25, Runs: []vig.FrameRun{{Count: 14999, Delta: 1}}},
		},
		Made: time.Date(2026, 11, 21, 12, 30, 0, 0, time.UTC),
		Clips: []Clip{
			{Span: span(61*time.Second, 75*time.Second+40*ms), Place: 1, State: "kept", Moment: "m2",
				Principles: []vig.Principle{vig.ReceivingInitiatives, vig.AttunedInteractions},
				Goal:       "more calm at meals", Note: "=SUM(A1) is <b>not</b> a formula --> see\n\n\"how\" she waits, then & answers – ♥"},
			{Span: span(2*time.Second, 9*time.Second), Place: 2, State: "kept", Note: "+44 is no sum"},
			{Span: span(70*time.Second, 80*time.Second), State: "suggested", Moment: "m1", Note: "\t@tab"},
			{Span: span(100*time.Second, 100*time.Second), State: "set aside", Moment: "m3"},
		},
		Evidence: []vig.Evidence{
			{Cue: vig.CueMutualFacing, Span: span(61*time.Second, 64*time.Second), Text: "both turned to each other"},
			{Cue: vig.CueMutualFacing, Span: span(63*time.Second, 66*time.Second), Text: "both turned to each other again"},
			{Cue: vig.CueSmile, Span: span(62*time.Second, 63*time.Second), Text: "child smiles"},
		},
	}
}

// version is the sample as a version of the reel, behind a card.
func version() Cut {
	cut := sample()
	cut.Version, cut.Card, cut.Clips = 2, 4*time.Second, cut.Clips[:2]
	return cut
}

func written(t testing.TB, write func(io.Writer, Cut) error, cut Cut) string {
	t.Helper()
	var text bytes.Buffer
	if err := write(&text, cut); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// What is written is what testdata has. 'go test ./internal/export -update'
// writes that anew, to be read before it is committed.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(io.Writer, Cut) error{"edl": EDL, "csv": CSV, "eaf": EAF, "vtt": VTT} {
		for of, cut := range map[string]Cut{"clips": sample(), "reel": version()} {
			path := filepath.Join("testdata", of+"."+name)
			got := written(t, write, cut)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s is\n%s\nwant\n%s", path, got, want)
			}
			if again := written(t, write, cut); again != got {
				t.Errorf("%s is written in another way the second time", path)
			}
		}
	}
}

// Whatever was written into a note, nothing of it gets out of its place.
func FuzzText(f *testing.F) {
	for _, clip := range sample().Clips {
		f.Add(clip.Note)
	}
	f.Add("\xff\x00\x1b-->\r\n\rX")
	f.Fuzz(func(t *testing.T, text string) {
		cut := version()
		cut.Clips[0].Note, cut.Clips[0].Goal, cut.Clips[0].Moment, cut.Film.Name = text, text, text, text
		checkCSV(t, written(t, CSV, cut), 3)
		checkEDL(t, written(t, EDL, cut), 25)
		checkEAF(t, written(t, EAF, cut))
		if vtt := written(t, VTT, cut); strings.Count(vtt, "-->") != 2 || strings.Count(vtt, "\n\n") != 2 {
			t.Errorf("WebVTT: %q", vtt)
		}
	})
}
