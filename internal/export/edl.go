package export

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"attune/internal/vig"
)

// The limits of CMX 3600: three digits number the events, timecode ends after a
// day, a reel has eight letters and digits, and lines were 80 characters.
const (
	maxEvents  = 999
	edlDay     = 24 * time.Hour
	edlReel    = 8
	edlComment = 76
)

// EDL writes the reel as an edit decision list of CMX 3600: cuts of picture and
// sound, from the film's own times to those of the reel. The title says how many
// frames a second its timecode counts, without dropping any.
//
// It fails with conflict where there is no clip in the reel, with invalid where
// there are more than a list of that kind holds.
func EDL(w io.Writer, cut Cut) error {
	const op = "write EDL"
	clips := cut.inReel()
	if len(clips) == 0 {
		return vig.Errorf(vig.CodeConflict, op, "no clip is kept, so there is nothing to list")
	}
	if len(clips) >= maxEvents || cut.Film.Duration >= edlDay {
		return vig.Errorf(vig.CodeInvalid, op, "an EDL holds %d events of a film of less than a day", maxEvents)
	}
	l := edl{rate: rateOf(cut.Film.Frames), reel: reelName(cut.Film.SHA256), channels: "V"}
	if cut.Film.Sound {
		l.channels = "B" // picture and the first track of sound
	}
	l.line("TITLE: %s", l.title(cut.Version))
	l.line("FCM: NON-DROP FRAME")
	l.line("")
	if n := l.rate.frame(cut.Card); n > 0 {
		l.event("BL", "V", 0, n)
		l.comment("TITLE CARD")
	}
	for _, clip := range clips {
		from := l.rate.frame(clip.Span.Start)
		l.event(l.reel, l.channels, from, max(l.rate.frame(clip.Span.End), from+1))
		l.comment("FROM CLIP NAME: " + cut.Film.Name)
		for _, text := range []string{clip.principles(), clip.Note} {
			if text != "" {
				l.comment("COMMENT: " + text)
			}
		}
	}
	_, err := io.WriteString(w, l.text.String())
	return err
}

// edl is a list in the making.
type edl struct {
	rate     rate
	reel     string
	channels string
	text     strings.Builder
	events   int
	at       int64 // where the next event begins in the reel, in frames
}

func (l *edl) title(version int) string {
	name := "ATTUNE KEPT CLIPS"
	if version > 0 {
		name = fmt.Sprintf("ATTUNE REEL %d", version)
	}
	switch {
	case l.rate.assumed:
		return fmt.Sprintf("%s - %s FPS ASSUMED", name, l.rate.name)
	case !l.rate.steady:
		return fmt.Sprintf("%s - %s FPS, FILM HAS VARIABLE RATE", name, l.rate.name)
	}
	return fmt.Sprintf("%s - %s FPS", name, l.rate.name)
}

func (l *edl) line(format string, args ...any) {
	fmt.Fprintf(&l.text, format+"\r\n", args...)
}

// event cuts to the frames [from, to) of a reel.
func (l *edl) event(reel, channels string, from, to int64) {
	l.events++
	next := l.at + to - from
	l.line("%03d  %-8s %-5s C        %s %s %s %s", l.events, reel, channels,
		l.timecode(from), l.timecode(to), l.timecode(l.at), l.timecode(next))
	l.at = next
}

// comment writes a line for people, or several.
func (l *edl) comment(text string) {
	for _, line := range folded(plain(text), edlComment) {
		l.line("* %s", line)
	}
}

func (l *edl) timecode(frame int64) string {
	base := l.rate.timebase()
	s := frame / base
	return fmt.Sprintf("%02d:%02d:%02d:%02d", s/3600, s/60%60, s%60, frame%base)
}

// reelName makes of a film's hash what a list calls its reel: letters and digits,
// and neither BL nor AX, which mean black and no reel.
func reelName(sha256 string) string {
	if len(sha256) < edlReel-1 {
		return "FILM"
	}
	return "F" + strings.ToUpper(sha256[:edlReel-1])
}

// plain leaves of a text what a list can hold: one line of ASCII.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || unicode.IsControl(r) {
			return '_'
		}
		return r
	}, strings.Join(strings.Fields(text), " "))
}

// folded breaks a text into lines of up to n bytes, between words where it can.
func folded(text string, n int) []string {
	var lines []string
	for len(text) > n {
		at := strings.LastIndex(text[:n+1], " ")
		if at <= 0 {
			at = n
		}
		lines = append(lines, text[:at])
		text = strings.TrimPrefix(text[at:], " ")
	}
	return append(lines, text)
}
