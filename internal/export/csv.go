package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// byteOrderMark tells spreadsheets that the text is UTF-8; without it Excel
// takes it for that of its country.
const byteOrderMark = "\ufeff"

var csvHeader = []string{
	"place in reel", "state", "start (s)", "stop (s)", "duration (s)", "start", "stop", "reel start (s)", "reel stop (s)",
	"moment", "principles", "goal", "note",
}

// CSV writes all clips as a table (RFC 4180, UTF-8), a line each. Times are of
// the film in seconds, and again in hours, minutes and seconds; those of the
// reel are empty for clips that are not in it. No cell is a formula.
func CSV(w io.Writer, cut Cut) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	table := csv.NewWriter(w)
	table.UseCRLF = true
	lines := [][]string{csvHeader}
	at := cut.Card
	for _, clip := range cut.Clips {
		place, start, stop := "", "", ""
		if clip.Place > 0 {
			place = strconv.Itoa(clip.Place)
			start, stop = inSeconds(at), inSeconds(at+clip.Span.Length())
			at += clip.Span.Length()
		}
		lines = append(lines, []string{
			place, clip.State, inSeconds(clip.Span.Start), inSeconds(clip.Span.End), inSeconds(clip.Span.Length()),
			clock(clip.Span.Start), clock(clip.Span.End), start, stop,
			harmless(clip.Moment), harmless(clip.principles()), harmless(clip.Goal), harmless(clip.Note),
		})
	}
	return table.WriteAll(lines)
}

// inSeconds writes a time to the millisecond.
func inSeconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }

// clock writes a time as 01:02:03.456, to the millisecond.
func clock(d time.Duration) string {
	ms := d.Round(time.Millisecond).Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3600_000, ms/60_000%60, ms/1000%60, ms%1000)
}

// harmless keeps a text from being taken for a formula, as OWASP says (CSV
// Injection): with an apostrophe before what could begin one.
func harmless(text string) string {
	text = strings.ToValidUTF8(strings.ReplaceAll(text, "\r\n", "\n"), "\ufffd")
	if text == "" {
		return text
	}
	if begin := strings.TrimLeft(text, " \u00a0"); begin != "" && strings.ContainsAny(begin[:1], "=+-@\t\r\n") || strings.ContainsAny(text[:1], "\t\r\n") {
		return "'" + text
	}
	for _, wide := range []string{"＝", "＋", "－", "＠"} { // some take these for their narrow likes
		if strings.HasPrefix(text, wide) {
			return "'" + text
		}
	}
	return text
}
