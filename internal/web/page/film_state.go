package page

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// FilmState is how a film is, in the words of the records.
type FilmState struct {
	ID     string
	State  string // "uploading", "queued", "analysing", "ready", "confirmed", "refused", "failed", "forgotten"
	Reason string // a sentence: why it is refused or failed, or what it waits for while it is uploading
	Place  int    // in the queue, from 1; 0 where it does not wait

	Size, Arrived int64 // bytes; Arrived counts while it is uploading

	Stage string        // of the work, as it names it; "" where nothing is known of it
	Share float64       // of the work, 0 to 1
	Left  time.Duration // of the work, about; 0 if there is no telling

	Viewing string // of the copy that browsers can play: "", "queued", "rendering", "ready", "failed"
	Found   int    // suggestions, once it is ready
	Mine    bool   // the viewer is the film's guider, and not somebody it is shared with
}

// Version changes whenever what is to be said of the film does, but for how far
// the work is. assets/src/element/live.ts makes the same of what it is told.
func (f FilmState) Version() string {
	told := ""
	if f.Reason != "" {
		told = "told"
	}
	return fmt.Sprintf("%s-%d-%s-%s", f.State, f.Place, f.Viewing, told)
}

// Whole says whether all of a film has arrived that is still uploading.
func (f FilmState) Whole() bool { return f.Arrived == f.Size }

// Before is how many films are looked at before this one.
func (f FilmState) Before() int { return max(0, f.Place-1) }

// Percent is how much of the work is done.
func (f FilmState) Percent() int { return int(100 * min(1, max(0, f.Share))) }

// Minutes and Hours are about how long the work still takes; of both, the one
// that people would name is not 0.
func (f FilmState) Minutes() int {
	if m := int(f.Left.Round(time.Minute) / time.Minute); m < maxMinutes {
		return m
	}
	return 0
}

// Hours is told at Minutes.
func (f FilmState) Hours() int {
	if f.Left.Round(time.Minute) < maxMinutes*time.Minute {
		return 0
	}
	return int(f.Left.Round(time.Hour) / time.Hour)
}

// maxMinutes is from where on people speak of hours.
const maxMinutes = 90

// stages are the parts of the work that there are texts for.
var stages = []string{"looking_and_listening", "cutting_the_draft_reel"}

// StageKey is the key of the text that says what is being done.
func (f FilmState) StageKey() string {
	slug := strings.ReplaceAll(strings.ToLower(f.Stage), " ", "_")
	if !slices.Contains(stages, slug) {
		slug = "working"
	}
	return "live.stage_" + slug
}
