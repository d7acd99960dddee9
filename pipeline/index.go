package pipeline

import (
	"slices"
	"time"

	"github.com/asticode/go-astiav"

	"attune/internal/vig"
)

// indexer keeps when the frames of the picture are shown, while a pass goes
// over the whole film. Packets tell it of frames too that are not decoded.
type indexer struct {
	packets []int64 // PTS, in the order of decoding
	frames  []int64 // PTS of those that were decoded, in order
	blind   bool    // a packet did not say its time: then all are decoded
	groups  groups
}

func (x *indexer) packet(p *astiav.Packet) {
	x.groups.packet(p)
	switch {
	case p.Flags().Has(astiav.PacketFlagDiscard): // before the start of an edit list: never shown
	case p.Pts() == noPTS:
		x.blind = true
	default:
		x.packets = append(x.packets, p.Pts())
	}
}

// index returns the frames from the film's first on.
func (x *indexer) index(c clock) vig.FrameIndex {
	times := x.packets
	if x.blind {
		times = x.frames
	}
	first := c.pts(0)
	times = slices.DeleteFunc(times, func(pts int64) bool { return pts <= first })
	slices.Sort(times)
	times = slices.Insert(slices.Compact(times), 0, first)
	for i := range times {
		times[i] -= first
	}
	return vig.NewFrameIndex(c.num, c.den, times)
}

// groups tells whether groups of pictures are open: whether pictures that are
// shown before the one that begins a group, but come after it, need the group
// before. Who begins to play with such a group lacks what they need.
type groups struct {
	key  int64 // PTS of the picture that begins the group
	any  bool  // there was one
	open bool
}

func (g *groups) packet(p *astiav.Packet) {
	switch {
	case p.Pts() == noPTS:
	case p.Flags().Has(astiav.PacketFlagKey):
		g.key, g.any = p.Pts(), true
	case g.any && p.Pts() < g.key:
		g.open = true
	}
}

// earliest returns when a browser's clock begins, on the container's: at the
// first of the film's streams, but not before 0 (Chromium's FFmpegDemuxer, of
// pictures; Firefox and Safari take the first of the streams as well).
func earliest(dm *demuxer) time.Duration {
	begins := never
	for _, s := range dm.format.Streams() {
		switch s.CodecParameters().MediaType() {
		case astiav.MediaTypeVideo, astiav.MediaTypeAudio:
		default:
			continue
		}
		c, start := newClock(s.TimeBase(), 0), s.StartTime()
		if start == noPTS || !c.valid() {
			return 0
		}
		if at := c.at(start); begins == never || at < begins {
			begins = at
		}
	}
	return max(0, begins)
}
