package web

import (
	"bytes"
	"encoding/binary"
	"slices"

	"attune/internal/vig"
)

// signatureLength is how many of a file's first bytes say what it is: as many
// as are needed to see the rhythm of a transport stream.
const signatureLength = packets*longestPacket + longestPacket

const (
	packets       = 5   // in a row with the sync byte at its place; chance gives that once in 10^12
	longestPacket = 204 // of a transport stream with error correction
)

// notAFilm is what is said of a file whose first bytes are of none that is
// taken.
var notAFilm error = vig.Errorf(vig.CodeUnsupported, "look at film",
	"this is not a film we can read; films are taken as mp4, mov, 3gp, mkv, webm, avi or mpeg transport stream")

// checkSignature says whether a file that begins with head may be a film. Head
// has signatureLength bytes, or all of a shorter file.
func checkSignature(head []byte) error {
	if isMP4(head) || isMatroska(head) || isAVI(head) || isTransportStream(head) {
		return nil
	}
	return notAFilm
}

// isMP4 looks for a box of ISO/IEC 14496-12 or QuickTime that a file can begin
// with: its length, and then its type.
func isMP4(head []byte) bool {
	if len(head) < 8 {
		return false
	}
	first := []string{"ftyp", "styp", "moov", "moof", "mdat", "wide", "free", "skip", "pnot", "uuid", "udta"}
	size := binary.BigEndian.Uint32(head)
	return (size >= 8 || size <= 1) && slices.Contains(first, string(head[4:8])) // 0: to the end; 1: a long one
}

// isMatroska looks for the EBML header of Matroska and WebM.
func isMatroska(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0x1A, 0x45, 0xDF, 0xA3})
}

func isAVI(head []byte) bool {
	return len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:11]) == "AVI"
}

// isTransportStream looks for the sync byte of ISO/IEC 13818-1 at the same place
// of packets in a row: 188 bytes each, 192 with a time stamp before each (as
// camcorders write them), 204 with error correction after. A recording may begin
// in the middle of one.
func isTransportStream(head []byte) bool {
	const sync = 0x47
	for _, packet := range []int{188, 192, longestPacket} {
	start:
		for at := range packet {
			for i := range packets {
				if place := at + i*packet; place >= len(head) || head[place] != sync {
					continue start
				}
			}
			return true
		}
	}
	return false
}
