package testfilm

import "time"

// Variant is a film with a name that says what is special about it.
type Variant struct {
	Name  string
	Film  Film
	Opens bool // a player can open it
}

// Variants returns the films that a reader of films has to deal with, all of
// the sample's script and size unless the name says otherwise. For tests they
// can be made smaller and shorter first.
func Variants() []Variant {
	v := func(name string, f Film) Variant { return Variant{name, f, true} }
	broken := func(name string, f Film) Variant { return Variant{name, f, false} }
	const minute = time.Minute
	return []Variant{
		v("cfr", Film{}),
		v("vfr", Film{Timing: Swing}),
		v("vfr-mkv", Film{Timing: Swing, Container: MKV}),
		v("pts-gap", Film{Timing: Hole}),
		v("offset-start", Film{Start: 5 * time.Second, SoundDelay: 300 * time.Millisecond, Container: MKV}),
		v("offset-start-mp4", Film{Start: 5 * time.Second, SoundDelay: 300 * time.Millisecond}),
		v("offset-start-ts", Film{Start: 5 * time.Second, Container: TS}),
		v("sound-first", Film{SoundDelay: -400 * time.Millisecond}),
		v("b-frames", Film{BFrames: true}),
		v("rotated", Film{Rotation: 90}),
		v("upside-down", Film{Rotation: 180}),
		v("rotated-left", Film{Rotation: 270}),
		v("no-sound", Film{Silent: true}),
		v("one-person", Film{Script: Alone(0, minute)}),
		v("three-people", Film{Script: Passing(0, minute)}),
		v("nobody", Film{Script: Nobody()}),
		v("never-turn", Film{Script: NeverTurn(0, minute)}),
		v("dark", Film{Light: 0.15, Noise: 5}),
		v("long", Film{Duration: 10 * minute}),
		v("hevc", Film{Codec: HEVC}),
		v("vp9", Film{Codec: VP9, Container: WebM}),
		v("truncated-faststart", Film{FastStart: true, Damage: Truncated}),
		broken("truncated", Film{Damage: Truncated}),
		broken("empty", Film{Damage: Empty}),
		broken("not-a-film", Film{Damage: NotAFilm}),
	}
}
