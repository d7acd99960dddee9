// Package titlecard draws the card that may come before the first clip of a
// reel: a few words on a quiet ground, in a font that is part of the program,
// so that they can be drawn where there are no files.
package titlecard
