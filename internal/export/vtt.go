package export

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// VTT writes the clips of the reel with their principles and notes as WebVTT, a
// cue each: of a version on the reel's own time, so that it can be shown with
// the reel, otherwise on that of the film.
func VTT(w io.Writer, cut Cut) error {
	type cue struct {
		start, end time.Duration
		text       string
	}
	var cues []cue
	at := cut.Card
	for _, clip := range cut.inReel() {
		c := cue{start: clip.Span.Start, end: clip.Span.End, text: clip.cueText()}
		if cut.Version > 0 {
			c.start, c.end = at, at+clip.Span.Length()
			at = c.end
		}
		cues = append(cues, c)
	}
	// Cues come in the order of time.
	slices.SortStableFunc(cues, func(a, b cue) int { return int(a.start - b.start) })
	var text strings.Builder
	text.WriteString("WEBVTT\n")
	for i, c := range cues {
		fmt.Fprintf(&text, "\n%d\n%s --> %s\n%s\n", i+1, clock(c.start), clock(max(c.end, c.start+time.Millisecond)), c.text)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// vttText makes of a text what a cue can hold: no markup, and no empty line,
// which would end it.
var vttText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\x00", "\ufffd")

func (c Clip) cueText() string {
	lines := []string{fmt.Sprintf("Clip %d", c.Place)}
	for _, text := range []string{c.principles(), c.Note} {
		for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, vttText.Replace(line))
			}
		}
	}
	return strings.ToValidUTF8(strings.Join(lines, "\n"), "\ufffd")
}
