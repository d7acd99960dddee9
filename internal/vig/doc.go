// Package vig holds the words of Attune as types: film, sample, observation,
// moment, clip, span. They cross the borders between the other packages, so
// this one imports nothing but the standard library.
//
// Times are time.Duration from the first frame of the film. Places in a
// picture are fractions of its width and height as displayed, from the upper
// left corner. Angles are degrees. What a camera did not show is a [Reading]
// that was not seen, never a zero.
package vig
