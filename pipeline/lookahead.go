package pipeline

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/asticode/go-astiav"
)

// maxAhead is how many packets are looked at before they are decoded: more
// than any codec here reorders (16 frames of H.264 and HEVC), with room for
// two fields each.
const maxAhead = 64

// lookahead feeds a decoder and knows, before a packet is decoded, whether its
// frame will be sampled. Of the others the decoder leaves out those that no
// frame refers to: on film with B-frames that is a large part of the work. What
// is sampled is the same as without.
//
// It can know because of DTS: packets come in order of DTS, and no PTS lies
// before its own DTS. So when a packet with DTS x is read, every frame up to x
// has been seen, and the ticks can be asked in order of time.
type lookahead struct {
	d     *decoder
	ticks *ticks
	blind bool // the packets do not say their times: all are needed
	ended bool
	queue []ahead
	spare []*astiav.Packet
}

// ahead is a packet that waits to be decoded.
type ahead struct {
	packet *astiav.Packet
	time   time.Duration
	known  bool // needed has been decided
	needed bool
}

// newLookahead looks ahead of d for the frames that the ticks will take. The
// caller closes it.
func newLookahead(d *decoder, t *ticks) *lookahead { return &lookahead{d: d, ticks: t} }

// next is a decoder's feed.
func (l *lookahead) next(p *astiav.Packet) (needed bool, err error) {
	for {
		for !l.ended && (len(l.queue) == 0 || !l.queue[0].known && len(l.queue) < maxAhead) {
			if err := l.read(); err != nil {
				return false, err
			}
		}
		if len(l.queue) == 0 {
			return false, io.EOF
		}
		head := l.queue[0]
		l.queue = l.queue[1:]
		p.MoveRef(head.packet)
		l.spare = append(l.spare, head.packet)
		needed = head.needed || !head.known
		if needed || !intraOnly(l.d.film.info.VideoCodec) {
			return needed, nil
		}
		p.Unref()
	}
}

// read puts one more packet into the queue and decides what can be decided.
func (l *lookahead) read() error {
	p := l.packet()
	if _, err := l.d.readPacket(p); err != nil {
		l.spare = append(l.spare, p)
		if !errors.Is(err, io.EOF) {
			return err
		}
		l.ended = true
		l.decide(1<<63 - 1)
		return nil
	}
	a := ahead{packet: p}
	switch {
	case p.Flags().Has(astiav.PacketFlagDiscard):
		a.known = true // before the start of an edit list: never shown
	case p.Pts() == noPTS || p.Dts() == noPTS:
		l.blind = true
	default:
		a.time = l.d.clock.at(p.Pts())
	}
	l.queue = append(l.queue, a)
	if !l.blind {
		l.decide(l.d.clock.at(p.Dts()))
		return nil
	}
	for i := range l.queue {
		l.queue[i].known, l.queue[i].needed = true, true
	}
	return nil
}

// decide asks the ticks about the undecided packets up to the time until.
func (l *lookahead) decide(until time.Duration) {
	var due []*ahead
	for i := range l.queue {
		if a := &l.queue[i]; !a.known && a.time <= until {
			due = append(due, a)
		}
	}
	slices.SortFunc(due, func(a, b *ahead) int { return cmp.Compare(a.time, b.time) })
	for _, a := range due {
		a.known, a.needed = true, l.ticks.take(a.time)
	}
}

func (l *lookahead) packet() *astiav.Packet {
	if n := len(l.spare); n > 0 {
		p := l.spare[n-1]
		l.spare = l.spare[:n-1]
		return p
	}
	return newPacket()
}

func (l *lookahead) close() {
	for _, a := range l.queue {
		freePacket(a.packet)
	}
	for _, p := range l.spare {
		freePacket(p)
	}
}
