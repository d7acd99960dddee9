package pipeline

import (
	"slices"

	"github.com/asticode/go-astiav"
)

// MissingCoders returns what this build of libav lacks of what is used:
// without the required ones no reel can be written, without the optional ones
// films of that kind cannot be read.
func MissingCoders() (required, optional []string) {
	for _, name := range []string{"libx264", "aac"} {
		if astiav.FindEncoderByName(name) == nil {
			required = append(required, name)
		}
	}
	for _, decoders := range []map[string]string{videoDecoders, audioDecoders} {
		for codec, name := range decoders {
			if astiav.FindDecoderByName(name) == nil {
				optional = append(optional, codec)
			}
		}
	}
	slices.Sort(optional)
	return required, optional
}
