// Package pipeline is where films are read and reels are written. It is the
// only package that knows libav (through go-astiav) and its words: packet,
// frame, stream, time base, PTS.
//
// # Reading
//
// [Open] takes a film as an [io.ReaderAt] with a size. libav reads through
// an IO context of our own and has no protocol, so nothing in a film can name
// another file, a playlist or an address. The container is told by its first
// bytes and only that one demuxer is tried; only the decoders of the
// allow-list are opened; streams that are neither the picture nor the sound
// are discarded. A film beyond a limit of [Config] is refused with one plain
// sentence.
//
// [Film.Frames] walks the film once and lends samples: upright, with square
// pixels, as 8-bit BGR, already scaled for analysis by libav. [Film.Sound]
// lends the sound as 16 kHz mono. Each pass opens its own demuxer and decoder
// over the same reader, so passes may run one after the other or side by side,
// and a Film itself holds nothing of libav.
//
// Time is PTS × time base, from the first frame of the picture, as a
// time.Duration. It is made once, by the clock of a stream, and never from a
// frame number.
//
// # Ownership
//
// Whoever opens closes. What an iterator yields is lent until the next turn.
// Every packet, frame and context of libav is counted where it is made and
// where it is freed; [Held] tells how many are held now.
package pipeline
