package web

import (
	"fmt"
	"math"
	"regexp"
	"testing"

	"attune/internal/web/browsertest"
)

// A review by fingers, on a telephone: the film is played and stepped through,
// the timeline moves with a finger, comes closer by two, shows the instant that
// is tapped, and a clip is trimmed by a handle.
func TestReviewByTouch(t *testing.T) {
	t.Parallel()
	d := openReview(t, theGuider)
	d.Phone()
	d.Touchscreen()
	d.Until("a coarse pointer", "matchMedia('(pointer: coarse)').matches")
	const player, timeline = `document.querySelector("attune-player")`, `document.querySelector("attune-timeline")`
	view := func() (start, end float64) {
		t.Helper()
		v := browsertest.Eval[[]float64](d.Tab, "["+timeline+".view.start, "+timeline+".view.end]")
		return v[0], v[1]
	}
	at := func() float64 {
		t.Helper()
		return browsertest.Eval[float64](d.Tab, player+".time")
	}

	d.Tap("attune-player video")
	d.Until("it plays", player+".playing")
	d.Tap("attune-player video")
	d.Until("it stands", "!"+player+".playing")
	d.seek(10)
	d.Tap(`.player-bar button[title="One frame on"]`)
	d.Until("the next frame", player+".frame === 251")
	d.Tap(`.player-bar button[title="One frame back"]`)
	d.Until("the frame before", player+".frame === 250")

	// The place that is tapped in the ruler, above the clips, is shown.
	d.Until("the whole film", timeline+".view.end > 59 && "+timeline+".view.start === 0")
	tap := func(share float64) {
		t.Helper()
		place := browsertest.Eval[[]float64](d.Tab, timeline+`.querySelector(".timeline-film").scrollIntoView({block: "nearest", behavior: "instant"}),
			(r => [r.left, r.width, r.top])(`+timeline+`.querySelector(".timeline-film").getBoundingClientRect())`)
		d.TapAt(place[0]+share*place[1], place[2]+10)
	}
	tap(0.5)
	d.Until("the middle", "Math.abs("+player+".time - 30) < 0.5")

	// Two fingers come closer, about the place between them.
	d.Pinch(".timeline-scroll", 40, 160, 0)
	d.Until("it came closer", timeline+".view.end - "+timeline+".view.start < 20")
	start, end := view()
	if end-start < 12 || math.Abs((start+end)/2-30) > 2 {
		t.Errorf("fingers that went to four times as far apart show %v to %v of 60 s", start, end)
	}
	if scale := browsertest.Eval[float64](d.Tab, "visualViewport.scale"); scale != 1 {
		t.Errorf("the page came closer too: %v", scale)
	}
	// Two fingers move it too, and one does, and neither seeks.
	before := at()
	d.Pinch(".timeline-scroll", 100, 100, 60)
	d.Until("it moved back", fmt.Sprintf("%s.view.start < %v", timeline, start-2))
	if nowStart, nowEnd := view(); math.Abs((nowEnd-nowStart)-(end-start)) > 0.1 {
		t.Errorf("fingers that stay as far apart show %v to %v in place of %v to %v", nowStart, nowEnd, start, end)
	}
	start, _ = view()
	d.Swipe(".timeline-scroll", -100, 0)
	d.Until("it moved", fmt.Sprintf("%s.view.start > %v", timeline, start+4))
	if now := at(); now != before {
		t.Errorf("moving the timeline sought from %v to %v", before, now)
	}
	// The page moves by a finger on the timeline too, upwards and downwards.
	was := browsertest.Eval[float64](d.Tab, timeline+`.scrollIntoView({block: "center", behavior: "instant"}), scrollY`)
	d.Swipe(".timeline-scroll", 0, -60)
	d.Until("the page moved", fmt.Sprintf("scrollY > %v", was+20))
	// Two fingers go away again.
	d.Pinch(".timeline-scroll", 200, 20, 0)
	d.Until("the whole film again", timeline+".view.end - "+timeline+".view.start > 59")

	// A clip is trimmed by its handle: two seconds longer.
	d.Tap(".picture button")
	d.Until("its handles", `document.querySelector("[data-edge=end]")?.checkVisibility()`)
	d.Until("it plays", player+".playing")
	browsertest.Eval[any](d.Tab, player+".pause(), 1")
	start, end = view()
	pixels := browsertest.Eval[float64](d.Tab, timeline+`.querySelector(".timeline-film").getBoundingClientRect().width / 60`)
	d.Swipe("[data-edge=end]", 2*pixels, 0)
	longer := regexp.MustCompile(`m1 20\.00-2(4\.[89]|5\.[01])\d`)
	d.becomes("two seconds longer", longer.MatchString)
	if nowStart, nowEnd := view(); nowStart != start || nowEnd != end {
		t.Errorf("trimming moved the timeline from %v–%v to %v–%v", start, end, nowStart, nowEnd)
	}
	d.Until("the picture at its end", "Math.abs("+player+".time - 25) < 0.3")
	d.Picture("review-touch")
}
