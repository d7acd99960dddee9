package pipeline

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"attune/internal/vig"
)

// plain returns a card of one colour.
func plain(b, g, r byte) Card {
	return Card{Length: 2500 * time.Millisecond, Draw: func(width, height int) (vig.Picture, error) {
		return vig.Picture{Width: width, Height: height, BGR: bytes.Repeat([]byte{b, g, r}, width*height)}, nil
	}}
}

// Behind the card comes what comes without one, to the frame and the sample,
// only later.
func TestReelWithACard(t *testing.T) {
	t.Parallel()
	for name, film := range map[string]numbered{
		"25 a second":    {sound: true},
		"29.97 a second": {rate: "30000/1001", sound: true},
		"variable rate":  {setpts: "(N+0.4*sin(N))/25", sound: true},
		"without sound":  {},
		"Matroska":       {name: "film.mkv"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := film.make(t)
			spans := []vig.Span{span(4.113, 5.511), span(0, 0.7)}
			card := plain(255, 255, 255) // which is number 65535
			out, info := makeReel(t, path, spans, ReelConfig{Card: card, Fine: true, LongSide: FullSize})
			if info.Card != card.Length || info.Duration != card.Length+spans[0].Length()+spans[1].Length() {
				t.Errorf("made %+v", info)
			}
			checkLength(t, out, info)
			frames := show(t, out)
			n := 0
			for n < len(frames) && frames[n].number == 1<<16-1 {
				n++
			}
			if want := mustOpen(t, path, Config{}).Info().FrameRate * card.Length.Seconds(); math.Abs(float64(n)-want) > 1 {
				t.Errorf("the card has %d frames, want %.1f", n, want)
			}
			if frames[0].at != 0 || frames[n-1].at >= card.Length.Seconds() {
				t.Errorf("the card is shown from %v to %v", frames[0].at, frames[n-1].at)
			}
			checkFrames(t, show(t, path), frames[n:], info)
			if !film.sound {
				return
			}
			heard := hear(t, out)
			for i, v := range heard[:soundPosition(card.Length)-soundRate/20] { // AAC spreads what comes next a little
				if v > 0.01 || v < -0.01 {
					t.Fatalf("a sound of %v with the card, at %v", v, soundTime(int64(i)))
				}
			}
			want := []float64{2.5 + 0.887, 2.5 + 1.398} // the film's flashes at 5 s and 0 s
			if beeps := beepTimes(heard); len(beeps) != 2 || math.Abs(beeps[0]-want[0]) > 0.02 || math.Abs(beeps[1]-want[1]) > 0.02 {
				t.Errorf("beeps at %v, want %v", beeps, want)
			}
			again, _ := makeReel(t, path, spans, ReelConfig{Card: card, Fine: true, LongSide: FullSize})
			a, errA := os.ReadFile(out)
			b, errB := os.ReadFile(again)
			if errA != nil || errB != nil || !bytes.Equal(a, b) {
				t.Error("the same film, spans and card made other bytes")
			}
		})
	}
}

// The card has its own colours, whatever those of the film are meant by.
func TestCardColours(t *testing.T) {
	t.Parallel()
	for name, film := range map[string]numbered{
		"not told": {},
		"BT.709":   {output: []string{"-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"}},
		"BT.601":   {output: []string{"-colorspace", "smpte170m", "-color_primaries", "smpte170m", "-color_trc", "smpte170m"}},
		"JPEG":     {video: []string{"-c:v", "mjpeg", "-strict", "unofficial"}, name: "film.avi"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := [3]byte{60, 90, 200}
			out, _ := makeReel(t, film.make(t), []vig.Span{span(1, 2)}, ReelConfig{Card: plain(want[0], want[1], want[2]), Fine: true})
			raw := ffmpeg(t, nil, "-i", out, "-frames:v", "1", "-vf", "scale=in_range=tv:out_range=pc", "-f", "rawvideo", "-pix_fmt", "bgr24", "-")
			for i, w := range want {
				if got := raw[len(raw)/2/3*3+i]; math.Abs(float64(got)-float64(w)) > 8 {
					t.Errorf("channel %d is %d, want %d", i, got, w)
				}
			}
			v, _ := probe(t, out).stream("video")
			if v.PixFmt != "yuv420p" {
				t.Errorf("the picture is %s", v.PixFmt)
			}
		})
	}
}

func TestCardThatCannotBeDrawn(t *testing.T) {
	t.Parallel()
	broken := errors.New("no ink")
	film := mustOpen(t, numbered{}.make(t), Config{})
	out := filepath.Join(t.TempDir(), "reel.mp4")
	for name, card := range map[string]Card{
		"an error": {time.Second, func(int, int) (vig.Picture, error) { return vig.Picture{}, broken }},
		"other sizes": {time.Second, func(int, int) (vig.Picture, error) {
			return vig.Picture{Width: 2, Height: 2, BGR: make([]byte, 12)}, nil
		}},
	} {
		if _, err := film.Reel(t.Context(), out, []vig.Span{span(1, 2)}, ReelConfig{Card: card}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if names := files(t, out); len(names) > 0 {
		t.Errorf("left behind: %v", names)
	}
}
