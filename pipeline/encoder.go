package pipeline

import (
	"errors"
	"math"

	"github.com/asticode/go-astiav"

	"attune/internal/vig"
)

// The settings of a reel's picture. Preset and rate factor are those of x264's
// own documentation (x264 --fullhelp; trac.ffmpeg.org/wiki/Encode/H.264): 23 is
// its default and 17–28 its sane range; "veryfast" is the fastest preset that
// keeps the macroblock tree, and looks ahead 10 frames where "medium" holds 40:
// at 1920×1080 every frame it holds costs about 6 MB.
const (
	x264Preset    = "veryfast"
	x264CRF       = "23"
	x264FineCRF   = "18" // where its documentation has what is "visually lossless or nearly so"
	x264Lookahead = "10"

	// The bytes that x264 writes depend on the number of its threads, so that
	// number is fixed: the same clips give the same reel on every machine.
	x264Threads = 4

	// No frame is coded out of its order. So the picture begins at 0 and lasts
	// as long as its frames at any frame rate, in every player, also in one
	// that does not heed edit lists; it costs some 15 % of size.
	x264BFrames = 0

	// keyInterval is the longest way, in seconds, from a picture that can be
	// shown by itself to the next, so that a player can go to any place at
	// once. A reel is watched back and forth.
	keyInterval = 2
)

// The settings of a reel's sound: the rate of film sound, and 64 kb/s for each
// channel, which is what FFmpeg's own guide asks of its AAC encoder
// (trac.ffmpeg.org/wiki/Encode/AAC).
const (
	soundRate           = 48000
	soundBitsPerChannel = 64000
)

// pictureClock is the time base of a reel's picture: 90 kHz, the clock of MPEG
// (ISO/IEC 13818-1), in which the frames of 24, 25, 30, 50 and 60 a second
// and of their 1000/1001 variants fall on or within 6 µs of a tick.
var pictureClock = astiav.NewRational(1, pictureTicks)

const pictureTicks = 90000

// encoder is a libav encoder and the stream of a mux that its packets go to.
type encoder struct {
	codec  *astiav.CodecContext
	packet *astiav.Packet
	stream *astiav.Stream
	mux    *mux
}

// openPictureEncoder returns an H.264 encoder for pictures of the canvas c in
// yuv420p, feeding a new stream of m. rate is about how many frames a second
// will come, for the H.264 level; every frame carries its own time. The caller
// closes it.
func openPictureEncoder(m *mux, c canvas, colour colour, rate float64, fine bool) (*encoder, error) {
	crf := x264CRF
	if fine {
		crf = x264FineCRF
	}
	e, codec, err := newEncoder(m, "libx264")
	if err != nil {
		return nil, err
	}
	e.codec.SetWidth(c.width)
	e.codec.SetHeight(c.height)
	e.codec.SetPixelFormat(astiav.PixelFormatYuv420P)
	e.codec.SetSampleAspectRatio(astiav.NewRational(1, 1))
	e.codec.SetColorRange(astiav.ColorRangeMpeg)
	e.codec.SetColorPrimaries(colour.primaries)
	e.codec.SetColorTransferCharacteristic(colour.transfer)
	e.codec.SetColorSpace(colour.matrix)
	e.codec.SetTimeBase(pictureClock)
	e.codec.SetFramerate(astiav.NewRational(int(math.Round(rate*1000)), 1000))
	e.codec.SetGopSize(max(1, int(rate*keyInterval)))
	e.codec.SetMaxBFrames(x264BFrames)
	e.codec.SetThreadCount(x264Threads)
	return e.open(codec, map[string]string{
		"preset":       x264Preset,
		"crf":          crf,
		"rc-lookahead": x264Lookahead,
		"forced-idr":   "1", // a clip's first frame starts afresh
		"a53cc":        "0", // no captions of the film in the reel
	})
}

// openSoundEncoder returns an AAC encoder for planar float samples at
// soundRate, feeding a new stream of m. The caller closes it.
func openSoundEncoder(m *mux, channels int) (*encoder, error) {
	e, codec, err := newEncoder(m, "aac")
	if err != nil {
		return nil, err
	}
	e.codec.SetChannelLayout(soundLayout(channels))
	e.codec.SetSampleFormat(astiav.SampleFormatFltp)
	e.codec.SetSampleRate(soundRate)
	e.codec.SetBitRate(int64(channels) * soundBitsPerChannel)
	e.codec.SetTimeBase(astiav.NewRational(1, soundRate))
	return e.open(codec, nil)
}

// soundLayout is mono for one channel and stereo otherwise.
func soundLayout(channels int) astiav.ChannelLayout {
	if channels == 1 {
		return astiav.ChannelLayoutMono
	}
	return astiav.ChannelLayoutStereo
}

// newEncoder allocates the encoder called name and its stream; open readies it.
func newEncoder(m *mux, name string) (*encoder, *astiav.Codec, error) {
	codec := astiav.FindEncoderByName(name)
	if codec == nil {
		return nil, nil, vig.Errorf(vig.CodeUnsupported, "open encoder", "the installed libavcodec was built without %s", name)
	}
	e := &encoder{
		codec:  newCodecContext(codec),
		packet: newPacket(),
		stream: must(m.format.NewStream(nil)),
		mux:    m,
	}
	// The parameters are stored once for the file, as mp4 wants; the same input
	// gives the same bytes; and the last frame has an end.
	e.codec.SetFlags(e.codec.Flags().
		Add(astiav.CodecContextFlagGlobalHeader).
		Add(astiav.CodecContextFlagBitexact).
		Add(flagFrameDuration))
	return e, codec, nil
}

// open opens the codec with its options and describes the stream by it. It
// returns e, or closes it and returns the error.
func (e *encoder) open(codec *astiav.Codec, options map[string]string) (*encoder, error) {
	dictionary := astiav.NewDictionary()
	defer dictionary.Free()
	var err error
	for k, v := range options {
		err = errors.Join(err, dictionary.Set(k, v, 0))
	}
	if err == nil {
		err = e.codec.Open(codec, dictionary)
	}
	if err == nil {
		err = e.stream.CodecParameters().FromCodecContext(e.codec)
	}
	if err != nil {
		e.close()
		return nil, vig.Errorf(vig.CodeInternal, "open encoder "+codec.Name(), "%w", err)
	}
	e.stream.SetTimeBase(e.codec.TimeBase())
	return e, nil
}

// encode takes a frame, which stays the caller's, and passes on the packets
// that have become ready. A nil frame says that no more will come.
func (e *encoder) encode(f *astiav.Frame) error {
	const op = "write reel: encode"
	if err := e.codec.SendFrame(f); err != nil {
		return vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	for {
		err := e.codec.ReceivePacket(e.packet)
		if errors.Is(err, astiav.ErrEagain) || errors.Is(err, astiav.ErrEof) {
			return nil
		}
		if err != nil {
			return vig.Errorf(vig.CodeInternal, op, "%w", err)
		}
		e.packet.RescaleTs(e.codec.TimeBase(), e.stream.TimeBase())
		e.packet.SetStreamIndex(e.stream.Index())
		if err := e.mux.write(e.packet); err != nil {
			return err
		}
	}
}

// close frees the encoder; the stream is the mux's.
func (e *encoder) close() {
	freePacket(e.packet)
	freeCodecContext(e.codec)
}
