package pipeline

import (
	"bytes"
	"slices"
	"strings"

	"github.com/asticode/go-astiav"

	"attune/internal/vig"
)

// The containers that are taken, by libav's short name of their demuxer.
const (
	formatMOV      = "mov" // mp4, mov, 3gp
	formatMatroska = "matroska"
	formatAVI      = "avi"
	formatMPEGTS   = "mpegts"
)

// The decoders that are taken: libav's codec name → the one decoder for it.
// mpeg2video and mp2 are what the camcorders of tapes and discs wrote (HDV), ac3
// what those of AVCHD did: films of old sessions, and of the shared material.
// Without them such a film would be refused, or looked at as if nobody spoke.
var (
	videoDecoders = map[string]string{
		"h264": "h264", "hevc": "hevc", "vp8": "vp8", "vp9": "vp9", "av1": "libdav1d",
		"mpeg4": "mpeg4", "h263": "h263", "mjpeg": "mjpeg", "mpeg2video": "mpeg2video",
	}
	audioDecoders = map[string]string{
		"aac": "aac", "opus": "opus", "vorbis": "vorbis", "mp3": "mp3float", "mp2": "mp2float",
		"ac3": "ac3", "amr_nb": "amrnb", "amr_wb": "amrwb",
		"pcm_s16le": "pcm_s16le", "pcm_s16be": "pcm_s16be", "pcm_s24le": "pcm_s24le",
		"pcm_s24be": "pcm_s24be", "pcm_s32le": "pcm_s32le", "pcm_s32be": "pcm_s32be",
		"pcm_f32le": "pcm_f32le", "pcm_f32be": "pcm_f32be", "pcm_u8": "pcm_u8", "pcm_s8": "pcm_s8",
		"pcm_alaw": "pcm_alaw", "pcm_mulaw": "pcm_mulaw",
	}
)

// decoderWhitelist is every decoder above, as libav's option wants it: while
// libav looks into a film it opens decoders of its own accord.
var decoderWhitelist = func() string {
	var names []string
	for _, m := range []map[string]string{videoDecoders, audioDecoders} {
		for _, name := range m {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}()

// findDecoder returns the decoder that is taken for id, or nil.
func findDecoder(id astiav.CodecID) *astiav.Codec {
	name, ok := videoDecoders[id.Name()]
	if !ok {
		name, ok = audioDecoders[id.Name()]
	}
	if !ok {
		return nil
	}
	return astiav.FindDecoderByName(name)
}

// intraOnly reports whether every picture of the codec stands alone, so that
// any may be left out.
func intraOnly(codec string) bool { return codec == "mjpeg" }

// sniffBytes is how much of a film's beginning says what container it is: 21
// packets of the longest transport stream.
const sniffBytes = 4096

// sniff tells the container of a film from its first bytes. libav would let
// each of its demuxers look at them, three hundred and more.
func sniff(head []byte) (string, error) {
	const op = "open film"
	switch {
	case len(head) == 0:
		return "", vig.Errorf(vig.CodeInvalid, op, "the file is empty")
	case bytes.HasPrefix(head, []byte("\x1a\x45\xdf\xa3")): // EBML, RFC 8794 §11.2.1
		return formatMatroska, nil
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "AVI ":
		return formatAVI, nil
	case isTransportStream(head):
		return formatMPEGTS, nil
	case len(head) >= 8 && slices.Contains(firstBoxes, string(head[4:8])):
		if len(head) >= 12 && string(head[4:8]) == "ftyp" && slices.Contains(pictureBrands, string(head[8:12])) {
			return "", vig.Errorf(vig.CodeUnsupported, op, "this is a picture, not a film")
		}
		return formatMOV, nil
	}
	for _, f := range knownFormats {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return "", vig.Errorf(vig.CodeUnsupported, op, "films of the kind %s are not taken", f.name)
		}
	}
	return "", vig.Errorf(vig.CodeInvalid, op, "this is not a film, or its beginning is damaged")
}

// firstBoxes are the boxes that an mp4 or QuickTime file may begin with
// (ISO/IEC 14496-12; QuickTime File Format).
var firstBoxes = []string{"ftyp", "moov", "mdat", "wide", "free", "skip", "pnot", "styp", "sidx", "moof", "uuid"}

// pictureBrands are the file types that hold still pictures (ISO/IEC 23008-12,
// AVIF) although the demuxer would show them as a film.
var pictureBrands = []string{"heic", "heix", "heim", "heis", "mif1", "avif", "crx "}

// knownFormats are films that people have and that are not taken.
var knownFormats = []struct{ magic, name string }{
	{"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media (ASF)"},
	{"FLV", "Flash"},
	{"OggS", "Ogg"},
	{"\x00\x00\x01\xba", "MPEG program stream"},
	{".RMF", "RealMedia"},
}

// isTransportStream reports whether packets of an MPEG transport stream follow
// one another (ISO/IEC 13818-1: 188 bytes from a sync byte to the next; 192 with
// the time codes of AVCHD; 204 with error correction), whatever precedes them.
func isTransportStream(head []byte) bool {
	const (
		sync    = 0x47
		atLeast = 5 // by chance once in 2^40 for each beginning
	)
	for _, length := range []int{188, 192, 204} {
		for start := 0; start < length && start+length*(atLeast-1) < len(head); start++ {
			n := 0
			for at := start; at < len(head) && head[at] == sync; at += length {
				n++
			}
			if n >= atLeast && start+n*length >= len(head) {
				return true
			}
		}
	}
	return false
}
