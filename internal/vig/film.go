package vig

import "time"

// FilmInfo says what a film is, as found in its container and first frames.
type FilmInfo struct {
	Duration       time.Duration
	Width, Height  int      // of the picture as displayed: after rotation, with square pixels
	Rotation       int      // degrees clockwise by which the stored picture is turned to be upright: 0, 90, 180, 270
	Mirrored       bool     // the stored picture is also flipped left to right before it is turned
	Container      string   // libav's name of the demuxer, as "mov,mp4,m4a,3gp,3g2,mj2"
	VideoCodec     string   // libav's name, as "h264"
	AudioCodec     string   // "" where the film has no sound
	FrameRate      float64  // the container's average, frames a second; for people to read, never for arithmetic
	CorruptPackets int      // so far counted
	Notes          []string // what was left out, guessed or found missing; a plain sentence each
}
