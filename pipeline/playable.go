package pipeline

import (
	"slices"

	"github.com/asticode/go-astiav"
)

// What browsers play in which container: those of Chromium, Firefox and Safari
// together (MDN, Media container formats; Web video codec guide; Web audio codec
// guide). HEVC is left out: whether it plays depends on the machine.
var (
	playablePictures = map[string][]string{
		formatMOV:      {"h264", "av1"},
		formatMatroska: {"vp8", "vp9", "av1"},
	}
	playableSounds = map[string][]string{
		formatMOV:      {"", "aac", "mp3"},
		formatMatroska: {"", "opus", "vorbis"},
	}
)

// brandQuickTime is the brand of a mov, which browsers other than Safari do not
// promise to play (QuickTime File Format, file type atom).
const brandQuickTime = "qt  "

// brandOf returns the major brand of an mp4 or mov from its first bytes, or "".
func brandOf(head []byte) string {
	if len(head) < 12 || string(head[4:8]) != "ftyp" {
		return ""
	}
	return string(head[8:12])
}

// Playable reports whether browsers can be expected to play the film as it is.
// After a pass of [Film.Frames] it knows of open groups of H.264 too, to which
// Chromium cannot go: its decoder fails for want of the pictures before.
func (f *Film) Playable() bool {
	if f.format == formatMOV && (f.brand == brandQuickTime || f.brand == "") {
		return false
	}
	info := f.Info()
	if info.VideoCodec == "h264" && f.openGroups() {
		return false
	}
	return f.common() && slices.Contains(playablePictures[f.format], info.VideoCodec) &&
		slices.Contains(playableSounds[f.format], info.AudioCodec)
}

// openGroups reports whether a pass of Frames met open groups.
func (f *Film) openGroups() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.leading
}

// common reports whether the picture's samples are those that every decoder in
// a browser takes: 8 bits, colours at half the resolution each way.
func (f *Film) common() bool {
	return f.pixels == astiav.PixelFormatYuv420P || f.pixels == astiav.PixelFormatYuvj420P
}

// copies reports whether picture and sound can go into an mp4 that browsers
// play as they are.
func (f *Film) copies() bool {
	info := f.Info()
	return f.common() && info.VideoCodec == "h264" && slices.Contains(playableSounds[formatMOV], info.AudioCodec)
}
