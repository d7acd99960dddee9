package pipeline

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/asticode/go-astiav"

	"attune/internal/vig"
)

// copyTolerance is how much the length of a copy may differ from the film's:
// containers count the last frame and the end of the sound differently.
const copyTolerance = 500 * time.Millisecond

// ViewingCopy writes the whole film to path as an mp4 that browsers play, from
// its first frame on, so that times in the film are times in the copy. Where the
// film's picture and sound are of the kind already they are copied as they are,
// and copied is true; otherwise, and where what came out is not the film, they
// are coded anew as [Film.Reel] does. The file, cfg and the errors are as there.
func (f *Film) ViewingCopy(ctx context.Context, path string, cfg ReelConfig) (copied bool, err error) {
	if f.copies() {
		err := f.place(path, func(temporary string) error { return f.remux(ctx, temporary, cfg.Progress) })
		if err == nil {
			err = f.checkCopy(ctx, path)
		}
		if err == nil || ctx.Err() != nil {
			return true, err
		}
	}
	_, err = f.Reel(ctx, path, []vig.Span{{End: f.Info().Duration}}, cfg)
	return false, err
}

// checkCopy opens what remux has written.
func (f *Film) checkCopy(ctx context.Context, path string) error {
	const op = "check copy"
	file, err := os.Open(path)
	if err != nil {
		return vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	defer file.Close()
	stat, err := file.Stat()
	if err != nil {
		return vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	c, err := Open(ctx, file, stat.Size(), f.cfg)
	if err != nil {
		return err
	}
	defer c.Close()
	want, got := f.Info(), c.Info()
	if d := want.Duration - got.Duration; d.Abs() > copyTolerance || want.Width != got.Width || want.Height != got.Height || want.AudioCodec != got.AudioCodec {
		return vig.Errorf(vig.CodeInternal, op, "the copy is not the film")
	}
	return nil
}

// track is a stream of the film on its way into a copy.
type track struct {
	from, to *astiav.Stream
	origin   int64 // of the film's first frame, on the stream's clock
}

// remux copies the film's picture and sound, as they are coded, into an mp4 at
// path.
func (f *Film) remux(ctx context.Context, path string, progress func(float64)) (err error) {
	ctx, done, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer done()
	defer func() { err = f.passError(err) }()
	dm, err := openDemuxer(ctx, f.r, f.size, f.format, f.cfg)
	if err != nil {
		return err
	}
	defer dm.close()
	m, err := openMux(path)
	if err != nil {
		return err
	}
	defer m.close()
	tracks, err := f.tracks(dm, m)
	if err != nil {
		return err
	}
	if err := m.start(); err != nil {
		return err
	}
	if err := f.copyPackets(dm, m, tracks, progress); err != nil {
		return err
	}
	return m.finish()
}

// tracks adds a stream to m for the film's picture and one for its sound, and
// returns them by the index of their source.
func (f *Film) tracks(dm *demuxer, m *mux) (map[int]track, error) {
	const op = "copy film"
	tracks := map[int]track{}
	streams := dm.format.Streams()
	for _, index := range []int{f.videoIndex, f.audioIndex} {
		if index < 0 {
			continue
		}
		if index >= len(streams) {
			return nil, vig.Errorf(vig.CodeInvalid, op, "the film has no such stream")
		}
		from, to := streams[index], must(m.format.NewStream(nil))
		clock := newClock(from.TimeBase(), 0)
		if !clock.valid() {
			return nil, vig.Errorf(vig.CodeInvalid, op, "the stream has no time base")
		}
		if err := from.CodecParameters().Copy(to.CodecParameters()); err != nil {
			return nil, vig.Errorf(vig.CodeInternal, op, "%w", err)
		}
		to.CodecParameters().SetCodecTag(0) // the mp4's own
		to.SetTimeBase(from.TimeBase())
		to.SetSampleAspectRatio(from.SampleAspectRatio())
		tracks[index] = track{from, to, clock.pts(f.origin)}
	}
	for _, s := range streams {
		if _, wanted := tracks[s.Index()]; !wanted {
			s.SetDiscard(astiav.DiscardAll)
		}
	}
	return tracks, nil
}

// copyPackets copies all packets of tracks.
func (f *Film) copyPackets(dm *demuxer, m *mux, tracks map[int]track, progress func(float64)) error {
	packet := newPacket()
	defer freePacket(packet)
	length, done := f.Info().Duration, 0.0
	var groups groups
	before := noPTS // DTS of the picture's packet before
	for {
		_, err := dm.read(packet)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		t, wanted := tracks[packet.StreamIndex()]
		if !wanted { // a stream that turned up in the middle
			packet.Unref()
			continue
		}
		if packet.StreamIndex() == f.videoIndex {
			// An mp4 does not show a last frame of which nobody says how long it lasts.
			if dts := packet.Dts(); packet.Duration() <= 0 && before != noPTS && dts > before {
				packet.SetDuration(dts - before)
			}
			before = packet.Dts()
			if groups.packet(packet); groups.open {
				return vig.Errorf(vig.CodeUnsupported, "copy film", "its groups of pictures are open: browsers cannot go to them")
			}
		}
		if pts := packet.Pts(); pts != noPTS {
			if progress != nil && packet.StreamIndex() == f.videoIndex {
				at := newClock(t.from.TimeBase(), f.origin).at(pts)
				done = max(done, min(1, at.Seconds()/length.Seconds()))
				progress(done)
			}
			packet.SetPts(pts - t.origin)
		}
		if dts := packet.Dts(); dts != noPTS {
			packet.SetDts(dts - t.origin)
		}
		packet.RescaleTs(t.from.TimeBase(), t.to.TimeBase())
		packet.SetStreamIndex(t.to.Index())
		packet.SetPos(-1)
		if err := m.write(packet); err != nil { // leaves the packet empty
			return err
		}
	}
}
