package pipeline

import (
	"github.com/asticode/go-astiav"

	"attune/internal/vig"
)

// mux writes encoded streams into an mp4 file whose index comes first
// ("faststart"), so that a browser can play it before it has all of it. It
// writes nothing about the film, the machine or the time of writing.
type mux struct {
	format *astiav.FormatContext
	file   *astiav.IOContext
}

// movieTimescale is the clock of the edit lists, which say where in its first
// packet the sound begins: the least common multiple of the clocks of picture
// and sound, so that both begin and end exactly.
const movieTimescale = "720000"

// openMux starts an mp4 at path, which it truncates. libav opens the path once
// more to move the index to the front: a descriptor would not be enough. The
// caller adds encoders, then calls start, and finish or abort.
func openMux(path string) (*mux, error) {
	const op = "write reel: open file"
	url := "file:" + path // a colon in a name starts no protocol
	format, err := astiav.AllocOutputFormatContext(nil, "mp4", url)
	if err != nil {
		return nil, vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	took(heldFormat)
	file, err := astiav.OpenIOContext(url, astiav.NewIOContextFlags(astiav.IOContextFlagWrite), nil, nil)
	if err != nil {
		freeFormat(format)
		return nil, vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	took(heldIO)
	format.SetPb(file)
	format.SetFlags(format.Flags().Add(astiav.FormatContextFlagBitexact))
	return &mux{format: format, file: file}, nil
}

// start writes the header. All encoders must have been added.
func (m *mux) start() error {
	const op = "write reel: begin"
	options := astiav.NewDictionary()
	defer options.Free()
	for k, v := range map[string]string{"movflags": "faststart", "movie_timescale": movieTimescale} {
		if err := options.Set(k, v, 0); err != nil {
			return vig.Errorf(vig.CodeInternal, op, "%w", err)
		}
	}
	if err := m.format.WriteHeader(options); err != nil {
		return vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	return nil
}

// write takes over a packet's data and leaves the packet empty. Packets of one
// stream come in the order of their decoding; between streams the mux sorts
// them and holds back what the others have not reached.
func (m *mux) write(p *astiav.Packet) error {
	if err := m.format.WriteInterleavedFrame(p); err != nil {
		return vig.Errorf(vig.CodeInternal, "write reel: store packet", "%w", err)
	}
	return nil
}

// finish writes what is held back and the index, and closes the file.
func (m *mux) finish() error {
	const op = "write reel: finish"
	if err := m.format.WriteTrailer(); err != nil {
		return vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	if err := m.closeFile(); err != nil {
		return vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	return nil
}

func (m *mux) closeFile() error {
	if m.file == nil {
		return nil
	}
	err := m.file.Close()
	m.file = nil
	gave(heldIO)
	return err
}

// close frees the mux. A file that was not finished is of no use, and so is
// what went wrong with it.
func (m *mux) close() {
	_ = m.closeFile()
	freeFormat(m.format)
}

func freeFormat(f *astiav.FormatContext) { free(heldFormat, f) }
