package vig

import "time"

// TitleCard is a picture with a few words before the first clip of a reel. The
// zero value is none.
type TitleCard struct {
	Text   string // in one or more lines
	Length time.Duration
}

// Shown reports whether there is a card.
func (c TitleCard) Shown() bool { return c.Text != "" && c.Length > 0 }
