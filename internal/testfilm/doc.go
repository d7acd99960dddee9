// Package testfilm makes synthetic films of a session whose truth is known, for
// tests and for the demonstration.
//
// A [Script] says who turns where, smiles, speaks and moves; [Session] writes
// one with chains of turns and things that only look like them. [Make] renders
// a [Film] of it in plain Go: heads made of solids (after Quilez's distance
// functions) in a plain room, which YuNet and OpenCV's cascades take for faces
// from profile to profile. The ffmpeg program encodes it, so that nothing under
// test has touched the film. [Truth] says what is to be seen, derived from the
// script alone. [Kept] keeps films between tests, [Variants] names the ones
// that are hard to read.
package testfilm
