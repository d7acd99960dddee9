package pipeline

import (
	"context"
	"errors"
	"io"
	"strconv"

	"github.com/asticode/go-astiav"

	"attune/internal/vig"
)

// analyzeDuration is how much of a film libav may look through for what its
// streams are, in microseconds: its own default for most containers.
const analyzeDuration = 5_000_000

// maxReadErrors is how many times in a row the demuxer may fail to find a
// packet before the film counts as ended.
const maxReadErrors = 100

// demuxer reads the packets of a film. It serves one pass, on one goroutine.
type demuxer struct {
	ctx         context.Context
	src         *source
	interrupter *astiav.IOInterrupter
	unwatch     func() bool
	io          *astiav.IOContext
	format      *astiav.FormatContext
	knowsLength bool // the container says how long it is
}

// openDemuxer opens the film r as the container name. The caller closes it.
func openDemuxer(ctx context.Context, r io.ReaderAt, size int64, name string, cfg Config) (_ *demuxer, err error) {
	const op = "open film"
	d := &demuxer{ctx: ctx, src: &source{ctx: ctx, r: r, size: size}}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	d.io, err = astiav.AllocIOContext(ioBuffer, false, d.src.read, d.src.seek, nil)
	if err != nil {
		return nil, vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	took(heldIO)
	d.interrupter = take(heldOther, astiav.NewIOInterrupter())
	d.unwatch = context.AfterFunc(ctx, d.interrupter.Interrupt)

	format := must(astiav.AllocFormatContext())
	format.SetPb(d.io)
	format.SetIOInterrupter(d.interrupter)
	options, err := demuxerOptions(cfg)
	if err != nil {
		format.Free()
		return nil, vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	defer options.Free()
	if err := format.OpenInput("", astiav.FindInputFormat(name), options); err != nil {
		return nil, d.failure(op, err) // OpenInput has freed format
	}
	d.format = format
	took(heldFormat)

	if err := cfg.checkStreams(format.NbStreams()); err != nil {
		return nil, err
	}
	for _, s := range format.Streams() {
		switch s.CodecParameters().MediaType() {
		case astiav.MediaTypeSubtitle, astiav.MediaTypeData, astiav.MediaTypeAttachment:
			s.SetDiscard(astiav.DiscardAll)
		}
	}
	d.knowsLength = name == formatMPEGTS || d.hasLength()
	if err := format.FindStreamInfo(nil); err != nil {
		return nil, d.failure(op, err)
	}
	if err := cfg.checkStreams(format.NbStreams()); err != nil {
		return nil, err
	}
	giveBackMemory() // what reading an hour's index took while it grew is twice the index
	return d, nil
}

func demuxerOptions(cfg Config) (*astiav.Dictionary, error) {
	options := astiav.NewDictionary()
	for k, v := range map[string]string{
		// No protocol: a film cannot make libav open anything else.
		"protocol_whitelist": "",
		"codec_whitelist":    decoderWhitelist,
		"probesize":          strconv.FormatInt(cfg.ProbeBytes, 10),
		"analyzeduration":    strconv.Itoa(analyzeDuration),
		// mp4: do not even look at references to other files.
		"enable_drefs":      "0",
		"use_absolute_path": "0",
	} {
		if err := options.Set(k, v, 0); err != nil {
			options.Free()
			return nil, err
		}
	}
	return options, nil
}

// hasLength reports whether the container or a stream states a duration,
// before libav guesses one from the bit rate.
func (d *demuxer) hasLength() bool {
	if d.format.Duration() != noPTS && d.format.Duration() > 0 {
		return true
	}
	for _, s := range d.format.Streams() {
		if s.Duration() != noPTS && s.Duration() > 0 {
			return true
		}
	}
	return false
}

// only discards the packets of all streams but s, where they are read.
func (d *demuxer) only(s *astiav.Stream) {
	for _, other := range d.format.Streams() {
		if other.Index() != s.Index() {
			other.SetDiscard(astiav.DiscardAll)
		}
	}
}

// read reads the next packet into p, which the caller unrefs. It returns
// io.EOF at the end of what can be read; damaged is how many times the
// demuxer found no sense in the bytes before.
func (d *demuxer) read(p *astiav.Packet) (damaged int, err error) {
	for ; damaged < maxReadErrors; damaged++ {
		if err := d.ctx.Err(); err != nil {
			return damaged, err
		}
		err := d.format.ReadFrame(p)
		if err == nil {
			return damaged, nil
		}
		if err := d.trouble(); err != nil {
			return damaged, err
		}
		if errors.Is(err, astiav.ErrEof) {
			return damaged, io.EOF
		}
	}
	return damaged, io.EOF
}

// trouble returns why the film cannot be read on, where that is not the film's
// fault: the context ended, or its reader failed.
func (d *demuxer) trouble() error {
	if err := d.ctx.Err(); err != nil {
		return err
	}
	if d.src.err != nil {
		return vig.Errorf(vig.CodeInternal, "read film", "%w", d.src.err)
	}
	return nil
}

// failure says what went wrong when libav could not open the film.
func (d *demuxer) failure(op string, err error) error {
	if t := d.trouble(); t != nil {
		return t
	}
	if errors.Is(err, astiav.ErrInvaliddata) || errors.Is(err, astiav.ErrEof) {
		return vig.Errorf(vig.CodeInvalid, op, "the film is damaged or was cut off before its index was written: %w", err)
	}
	return vig.Errorf(vig.CodeInvalid, op, "the film is damaged: %w", err)
}

func (d *demuxer) close() {
	if d.format != nil {
		d.format.CloseInput()
		gave(heldFormat)
		d.format = nil
	}
	if d.io != nil {
		free(heldIO, d.io)
		d.io = nil
	}
	if d.interrupter != nil {
		d.unwatch()
		free(heldOther, d.interrupter)
		d.interrupter = nil
	}
	giveBackMemory()
}
