package store

import (
	"encoding/json"
	"math"
	"slices"
	"time"

	"attune/internal/vig"
)

// ManifestFormat is the format of a [Manifest]. That of the first ones, which had
// not what was written of the clips, ended in 1.
const ManifestFormat = "attune.reel/2"

// Manifest binds a version of a reel to what it shows: the film by its hash,
// the clips with their spans, who had it made and when, and how. It is written
// when the reel is asked for, and never changed.
type Manifest struct {
	Format   string           `json:"format"`
	Reel     ReelID           `json:"reel"`
	Version  int              `json:"version"`
	Film     ManifestFilm     `json:"film"`
	Clips    []ManifestClip   `json:"clips"` // in the order of the reel
	MadeBy   AccountID        `json:"made_by"`
	Made     time.Time        `json:"made"`
	Settings ManifestSettings `json:"settings"`
}

// ManifestFilm says which film the clips are of.
type ManifestFilm struct {
	ID       FilmID  `json:"id"`
	SHA256   string  `json:"sha256"`
	Duration Seconds `json:"duration_s"`
}

// ManifestClip is one clip as the reel shows it, and what was written of it when
// the reel was asked for.
type ManifestClip struct {
	Clip    ClipID          `json:"clip"`
	Version int             `json:"version"` // of the clip
	Moment  string          `json:"moment,omitempty"`
	Start   Seconds         `json:"start_s"`
	End     Seconds         `json:"end_s"`
	Tags    []vig.Principle `json:"tags,omitempty"`
	Goal    string          `json:"goal,omitempty"`
	Note    string          `json:"note,omitempty"`
}

// Span returns what the clip shows of the film.
func (c ManifestClip) Span() vig.Span {
	return vig.Span{Start: time.Duration(c.Start), End: time.Duration(c.End)}
}

// says reports whether that is what is written of a clip.
func (c ManifestClip) says(clip Clip) bool {
	return slices.Equal(c.Tags, clip.Tags) && c.Goal == clip.Goal && c.Note == clip.Note
}

// showsAs reports whether two manifests are of the same clips, with the same
// written of them.
func (m Manifest) showsAs(o Manifest) bool {
	return slices.EqualFunc(m.Clips, o.Clips, func(a, b ManifestClip) bool {
		return a.Clip == b.Clip && a.Start == b.Start && a.End == b.End && a.says(Clip{Tags: b.Tags, Goal: b.Goal, Note: b.Note})
	})
}

// ManifestSettings say how a reel was made.
type ManifestSettings struct {
	Quality   string        `json:"quality"` // "original": at the film's own size, with no loss that is seen
	TitleCard *ManifestCard `json:"title_card,omitempty"`
}

// ManifestCard is the card before the first clip.
type ManifestCard struct {
	Text   string  `json:"text"`
	Length Seconds `json:"length_s"`
}

// Seconds is a length of film that is written in seconds, to the nanosecond.
type Seconds time.Duration

// MarshalJSON writes the seconds as a number.
func (s Seconds) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(s).Seconds()) }

// UnmarshalJSON reads what MarshalJSON has written.
func (s *Seconds) UnmarshalJSON(text []byte) error {
	var v float64
	err := json.Unmarshal(text, &v)
	*s = Seconds(math.Round(v * float64(time.Second)))
	return err
}

// HasTexts reports whether the manifest has what was written of the clips.
func (m Manifest) HasTexts() bool { return m.Format == ManifestFormat }

// ReelChanges is what became of a film's kept clips since a reel was made of
// them.
type ReelChanges struct {
	Added   int  // clips that are kept, and not in the reel
	Dropped int  // clips in the reel that are not kept any more
	Trimmed int  // clips whose span is another
	Moved   bool // those that are in both come in another order
	Noted   int  // clips of which something else is written, which the reel does not show
}

// Any reports whether the reel shows something else than what is kept.
func (c ReelChanges) Any() bool { return c != ReelChanges{Noted: c.Noted} }

// Changes holds the manifest against the clips that are kept now, in their
// order.
func (m Manifest) Changes(kept []Clip) ReelChanges {
	var c ReelChanges
	at := func(id ClipID) int {
		return slices.IndexFunc(m.Clips, func(shown ManifestClip) bool { return shown.Clip == id })
	}
	found, last := 0, -1
	for _, clip := range kept {
		i := at(clip.ID)
		if i < 0 {
			c.Added++
			continue
		}
		found++
		if m.Clips[i].Span() != sameEdges(m.Clips[i].Span(), clip.Span) {
			c.Trimmed++
		}
		if m.HasTexts() && !m.Clips[i].says(clip) {
			c.Noted++
		}
		if i < last {
			c.Moved = true
		}
		last = i
	}
	c.Dropped = len(m.Clips) - found
	return c
}
