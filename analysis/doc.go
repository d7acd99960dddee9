// Package analysis finds candidate attuned moments in what was measured on a
// film.
//
// [Analyze] is a pure function from a [vig.Recording] to a [Result]: the same
// recording gives the same result, byte for byte. It reads no clock, starts no
// goroutine and ranges over no map. All of its windows are lengths of time,
// never counts of samples, so that a film may be sampled at any rate.
//
// The way from observations to moments, one file a noun:
//
//	film.go       the recording, checked and put in order
//	span.go       lists of spans
//	tracklet.go   faces of neighbouring samples that belong together
//	people.go     tracklets joined into people
//	role.go       which of the two is the adult, by evidence
//	facing.go     who is turned to whom
//	smile.go      who smiles
//	pitch.go      fundamental frequency of a stretch of sound
//	voice.go      sound in, vig.SoundFrames out
//	speech.go     bursts of voice and whose they can be
//	movement.go   who moves
//	turn.go       bursts of voice, movement and gaze shift as turns
//	chain.go      turns that answer each other
//	waiting.go    one waits, the other begins
//	returned.go   one turns to the other, who turns back
//	synchrony.go  two who move together
//	meeting.go    the two who meet, and all of this for them
//	appraisal.go  what a span shows: cues, principles, rank
//	evidence.go   the same in plain words
//	moment.go     spans with boundaries in pauses, chosen and ranked
//	signal.go     the numbers over time, for plots
//	note.go       what could not be seen, in plain words
//
// Constants name their source. Where a comment says "synthetic films", the
// value was chosen on films whose truth is known (internal/testfilm): see
// `make accuracy`.
//
// What is found is said in words that can be checked by watching: faces that
// are turned, smiles, sounds, movements and pauses. Nothing here names a
// feeling or gives anybody a score.
package analysis
