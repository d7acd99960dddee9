package pipeline

import (
	"github.com/asticode/go-astiav"

	"attune/internal/vig"
)

// cardSender sends a reel's card before the first of its frames: it takes that
// one's colours, so that both are of one stream.
type cardSender struct {
	card Card
	reel ReelInfo
	rate float64 // of the film: the card has as many frames a second, so that players can go to any place in it
	sent bool
	send func(*astiav.Frame) error
}

// frame sends a frame of the reel on.
func (c *cardSender) frame(frame *astiav.Frame) error {
	if !c.sent {
		c.sent = true
		if err := c.sendCard(frame); err != nil {
			freeFrame(frame)
			return err
		}
	}
	return c.send(frame)
}

// sendCard sends the card's frames, with the colours of first.
func (c *cardSender) sendCard(first *astiav.Frame) error {
	const op = "draw title card"
	p, err := c.card.Draw(c.reel.Width, c.reel.Height)
	if err != nil {
		return err
	}
	if p.Width != c.reel.Width || p.Height != c.reel.Height || len(p.BGR) != 3*p.Width*p.Height {
		return vig.Errorf(vig.CodeInternal, op, "it has %d × %d pixels", p.Width, p.Height)
	}
	card := newFrame()
	defer freeFrame(card)
	if err := fill(card, p); err != nil {
		return err
	}
	fitter := &fitter{canvas: canvas{c.reel.Width, c.reel.Height}}
	defer fitter.close()
	shape := shapeOf(card, 1)
	shape.colour = colourOf(first)
	if err := fitter.fit(card, shape); err != nil {
		return err
	}
	setFrameColour(card, first)

	end := pictureTime(c.reel.Card)
	length := max(1, int64(pictureTicks/believed(c.rate)))
	for at := int64(0); at < end; at += length {
		frame := newFrame()
		if err := frame.Ref(card); err != nil {
			freeFrame(frame)
			return vig.Errorf(vig.CodeInternal, op, "%w", err)
		}
		frame.SetPts(at)
		setFrameDuration(frame, min(length, end-at))
		if err := c.send(frame); err != nil {
			return err
		}
	}
	return nil
}
