package export

import (
	"strings"
	"time"

	"attune/internal/vig"
)

// Cut is what is exported: the clips of a film, as they are now or as a version
// of its reel shows them.
type Cut struct {
	Film     Film
	Clips    []Clip // those in the reel first, in its order
	Evidence []vig.Evidence
	Version  int           // of the reel; 0 is of what is kept now
	Card     time.Duration // how long the reel's title card is shown; 0 is none
	Made     time.Time     // of the export
}

// Film is the film that the clips are of.
type Film struct {
	Name     string // of its file, without a path
	Kind     string // MIME type
	SHA256   string // in hex
	Duration time.Duration
	Sound    bool
	Frames   vig.FrameIndex // its zero value where it is not known
}

// Clip is one span of the film.
type Clip struct {
	Span       vig.Span
	Place      int    // in the reel, from 1; 0 is not in it
	State      string // "kept", "suggested", "set aside"
	Moment     string // in the analysis; "" where the guider found it
	Principles []vig.Principle
	Goal       string // of the client, that the note is about
	Note       string
}

// inReel returns the clips of the reel, in its order.
func (c Cut) inReel() []Clip {
	var clips []Clip
	for _, clip := range c.Clips {
		if clip.Place > 0 {
			clips = append(clips, clip)
		}
	}
	return clips
}

// principles are the names of groups, one after the other.
func (c Clip) principles() string {
	names := make([]string, len(c.Principles))
	for i, p := range c.Principles {
		names[i] = string(p)
	}
	return strings.Join(names, "; ")
}
