package page

import (
	"encoding/json"
	"math"
	"time"
)

// Reel is where the reel of a film is made, looked at, confirmed and taken away.
type Reel struct {
	FilmID   string
	FilmName string
	CaseID   string
	CaseCode string // of the client
	CycleID  string
	Cycle    int // its number
	Mine     bool

	Clips  []ReelClip // that are kept now, in the order of the reel
	Length time.Duration

	Current *ReelVersion  // the newest; nil where none was made
	Earlier []ReelVersion // the newest first, as many as MostEarlier
	Changes ReelChanges   // of what is kept, since the newest was made

	CardLength time.Duration // how long a title card is shown
	MaxTitle   int           // letters
	Title      string        // in the form
	Wrong      string        // what is the matter with what was asked for; "" is nothing
}

// ReelClip is one clip that is kept.
type ReelClip struct {
	Number int // its place in the reel
	Start  time.Duration
	Length time.Duration
	Still  string // address of a picture; "" is none
	Tags   []string
	Note   string
}

// ReelVersion is one version of a reel.
type ReelVersion struct {
	ID        string
	Version   int
	State     string // "queued", "rendering", "ready", "failed"
	Reason    string // why it failed
	Share     float64
	Left      time.Duration // 0 if it is not known
	Length    time.Duration
	Title     string // on its card; "" is no card
	Clips     int
	Played    [][2]float64  // what of it was played, in seconds
	Unplayed  time.Duration // of it, before it can be confirmed
	Made      time.Time
	Confirmed time.Time // zero where it is not
}

// ReelChanges is what became of the kept clips since a version was made.
type ReelChanges struct {
	Added, Dropped, Trimmed int
	Moved                   bool
	Noted                   int // clips of which something else is written
}

// Any reports whether the version shows something else than what is kept.
func (c ReelChanges) Any() bool { return c != ReelChanges{Noted: c.Noted} }

// usualLength is what clients are usually shown at once.
const usualLength = 3 * time.Minute

// Long reports whether the reel is longer than what clients are usually shown.
func (r Reel) Long() bool { return r.Length > usualLength }

// Rendering reports whether the version is still in the making.
func (v ReelVersion) Rendering() bool { return v.State == "queued" || v.State == "rendering" }

// Done reports whether the version was confirmed.
func (v ReelVersion) Done() bool { return !v.Confirmed.IsZero() }

// Percent is how far the version is.
func (v ReelVersion) Percent() int { return int(math.Floor(v.Share * 100)) }

// UnplayedSeconds is Unplayed in whole seconds.
func (v ReelVersion) UnplayedSeconds() int {
	if v.Unplayed <= 0 {
		return 0
	}
	return max(1, int(v.Unplayed.Round(time.Second)/time.Second))
}

// PlayedJSON is what of the version was played, for the page's script.
func (v ReelVersion) PlayedJSON() (string, error) {
	text, err := json.Marshal(append([][2]float64{}, v.Played...)) // [], not null
	return string(text), err
}

// ToConfirm reports whether the newest version can be confirmed once it was
// played.
func (r Reel) ToConfirm() bool {
	return r.Mine && r.Current != nil && r.Current.State == "ready" && !r.Current.Done() && !r.Changes.Any()
}

// Settled reports whether the newest version is as it is to be: confirmed, and
// nothing was changed since.
func (r Reel) Settled() bool { return r.Current != nil && r.Current.Done() && !r.Changes.Any() }

// Fresh reports whether a new version may be asked for: there is something to
// show, and none is in the making that shows the same.
func (r Reel) Fresh() bool {
	return r.Mine && len(r.Clips) > 0 && (r.Current == nil || r.Changes.Any() || !r.Current.Rendering())
}

func (Reel) template() string { return "reel" }

// Next is the version that would be made now.
func (r Reel) Next() int {
	if r.Current == nil {
		return 1
	}
	return r.Current.Version + 1
}

// MostEarlier is how many earlier versions a page has, the newest of them.
const MostEarlier = 20

// Exports is what other programs take, in the forms in which they take it.
type Exports struct {
	Version int // of the reel; 0 is what is kept now
	At      string
}

// Forms are the forms of an export: how its address ends, and the keys of the
// messages that tell of it.
func (Exports) Forms() []string { return []string{"edl", "csv", "eaf", "vtt"} }

// Exports are those that there are: of the newest version, and of what is kept
// where that has changed since, or what is written of it.
func (r Reel) Exports() []Exports {
	var all []Exports
	if r.Current != nil {
		all = append(all, Exports{r.Current.Version, "/api/v1/reels/" + r.Current.ID})
	}
	if r.Current == nil || r.Changes != (ReelChanges{}) {
		all = append(all, Exports{0, "/api/v1/films/" + r.FilmID})
	}
	return all
}
