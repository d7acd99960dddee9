package testfilm

import (
	"math"
	"time"

	"attune/internal/vig"
)

// Script says who is in a film and what they do. Times are film time, from the
// first frame.
type Script struct {
	Actors []Actor // those named later stand in front
	Chains []Chain // what the script means to show, for [Truth]
}

// Look is what somebody looks like.
type Look int

// The looks.
const (
	AdultLook Look = iota
	ChildLook
	PasserLook // somebody who is not part of the session
)

// Actor is one person of a script. The tracks may be nil.
type Actor struct {
	Name   string   // "adult", "child", "passer"; unique in the script
	Role   vig.Role // RoleUnknown for a passer-by, who is never faced in [Truth]
	Look   Look
	X, Y   float64 // place of the head's middle at rest, fractions of the picture
	Size   float64 // chin to crown, fraction of the picture's height
	Shift  Track   // added to X
	Yaw    Track   // degrees, > 0 to the right edge of the picture
	Pitch  Track   // degrees, > 0 up
	Smile  Track   // 0–1
	Move   Track   // 0–1: how much arms and trunk move
	Voices []Voice // in order, apart from each other
}

// Voice is one burst of voice.
type Voice struct {
	Span  vig.Span
	Pitch float64 // Hz; adults 120–220, children 300–400 (Baken and Orlikoff, Clinical Measurement of Speech and Voice, 2000)
}

// Key is the value of a track at one time.
type Key struct {
	At    time.Duration
	Value float64
}

// Track is a number over time: its keys in order, with smooth steps between
// them. Before the first key it has the first value, after the last the last;
// without keys it is 0.
type Track []Key

// To appends a smooth step to value that begins at from and takes over. It
// must not begin before the track's last key.
func (k *Track) To(from, over time.Duration, value float64) {
	*k = append(*k, Key{from, k.At(from)}, Key{from + over, value})
}

// At returns the value at t.
func (k Track) At(t time.Duration) float64 {
	lo, hi := 0, len(k) // the keys before lo are at or before t
	for lo < hi {
		if m := (lo + hi) / 2; k[m].At <= t {
			lo = m + 1
		} else {
			hi = m
		}
	}
	switch {
	case len(k) == 0:
		return 0
	case lo == 0:
		return k[0].Value
	case lo == len(k):
		return k[lo-1].Value
	}
	a, b := k[lo-1], k[lo]
	return a.Value + (b.Value-a.Value)*smooth(a.At.Seconds(), b.At.Seconds(), t.Seconds())
}

// pose is what one actor does at one time.
type pose struct {
	x, y       float64 // middle of the head, fractions of the picture
	bodyX      float64
	yaw, pitch float64
	move       float64
	arms       float64 // 0–1, up to down and back
	speaking   bool
	mien       mien
}

// at returns a's pose at t. Everybody sways a little and blinks; who moves
// sways more and lifts the arms.
func (a *Actor) at(t time.Duration, aspect float64) pose {
	s := t.Seconds()
	own := float64(len(a.Name)) + 3*a.X // so that two people do not sway in step
	move := clamp(a.Move.At(t), 0, 1)
	unit := a.Size / 2 / aspect // one head unit as a fraction of the width
	sway := 0.03*math.Sin(0.9*s+own) + move*0.16*math.Sin(2*math.Pi*0.8*s+own)
	x := a.X + a.Shift.At(t)
	p := pose{
		x:     x + unit*sway,
		y:     a.Y + a.Size/2*(0.02*math.Sin(0.7*s+2*own)+move*0.06*math.Sin(2*math.Pi*1.3*s)),
		bodyX: x + 0.5*unit*sway,
		yaw:   clamp(a.Yaw.At(t)+1.5*math.Sin(0.8*s+own), -90, 90),
		pitch: clamp(a.Pitch.At(t)+1.0*math.Sin(0.6*s+own), -40, 40),
		move:  move,
		arms:  move * (0.5 - 0.5*math.Cos(2*math.Pi*1.1*s)),
	}
	loud := a.loudness(t)
	p.speaking = loud > 0
	p.mien = mien{smile: clamp(a.Smile.At(t), 0, 1), mouth: 0.75 * loud}
	// People blink about 15 times a minute, for some 0.2 s (Bentivoglio and
	// others, Movement Disorders, 1997).
	if math.Mod(s+own, 4.1) < 0.2 {
		p.mien.lids = 1
	}
	return p
}

// loudness is the envelope of a's voice at t, 0–1, 0 only outside the bursts.
func (a *Actor) loudness(t time.Duration) float64 {
	for _, v := range a.Voices {
		if v.Span.Contains(t) {
			return v.loudness(t)
		}
	}
	return 0
}

// loudness rises and falls with the syllables, four to five a second.
func (v Voice) loudness(t time.Duration) float64 {
	rate := 4.0
	if v.Pitch > 250 {
		rate = 5
	}
	s, left := (t - v.Span.Start).Seconds(), (v.Span.End - t).Seconds()
	edge := min(1, (s+0.002)/0.04, (left+0.002)/0.06)
	return edge * (0.65 - 0.35*math.Cos(2*math.Pi*rate*s))
}
