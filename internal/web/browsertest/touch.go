package browsertest

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Touchscreen gives the tab a screen that feels two fingers, as telephones have:
// what asks whether the pointer is coarse hears yes.
func (tab *Tab) Touchscreen() {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, Patience)
	defer cancel()
	touch := emulation.SetTouchEmulationEnabledParams{Enabled: true, MaxTouchPoints: 2}
	if _, err := chromedp.Call(ctx, emulation.SetTouchEmulationEnabled, touch); err != nil {
		tab.t.Fatal("be a touchscreen: ", err)
	}
}

// Tap touches the middle of the first element of a CSS selector with a finger.
func (tab *Tab) Tap(selector string) {
	tab.t.Helper()
	x, y := tab.reach(selector)
	tab.TapAt(x, y)
}

// TapAt touches a place in the tab with a finger, in CSS pixels.
func (tab *Tab) TapAt(x, y float64) {
	tab.t.Helper()
	tab.touch(input.DispatchTouchEventTypeTouchStart, finger{x, y})
	tab.touch(input.DispatchTouchEventTypeTouchEnd)
}

// Swipe puts a finger on the middle of the first element of a CSS selector, lifts
// it so many CSS pixels further, and waits until what it moved stands.
func (tab *Tab) Swipe(selector string, right, down float64) {
	tab.t.Helper()
	x, y := tab.reach(selector)
	tab.touch(input.DispatchTouchEventTypeTouchStart, finger{x, y})
	for i := 1.0; i <= moves; i++ {
		tab.touch(input.DispatchTouchEventTypeTouchMove, finger{x + right*i/moves, y + down*i/moves})
	}
	tab.touch(input.DispatchTouchEventTypeTouchEnd)
	// What is let go of while it moves goes on for a while.
	Eval[bool](tab, `new Promise(done => {
		let last = "", same = 0;
		const look = () => {
			const now = [scrollX, scrollY];
			for (let e = document.querySelector(`+quote(selector)+`); e; e = e.parentElement) now.push(e.scrollLeft, e.scrollTop);
			same = now.join() === last ? same + 1 : 0;
			last = now.join();
			if (same < 10) requestAnimationFrame(look);
			else done(true);
		};
		look();
	})`)
}

// Pinch puts two fingers beside each other on the middle of the first element of
// a CSS selector, so many CSS pixels apart, and lifts them so many apart and so
// many further to the right.
func (tab *Tab) Pinch(selector string, from, to, right float64) {
	tab.t.Helper()
	x, y := tab.reach(selector)
	for i := 0.0; i <= moves; i++ {
		at, by := x+right*i/moves, (from+(to-from)*i/moves)/2
		kind := input.DispatchTouchEventTypeTouchMove
		if i == 0 {
			kind = input.DispatchTouchEventTypeTouchStart
		}
		tab.touch(kind, finger{at - by, y}, finger{at + by, y})
	}
	tab.touch(input.DispatchTouchEventTypeTouchEnd)
}

// finger is where one is, in CSS pixels.
type finger struct{ x, y float64 }

// reach is middle for fingers, which reach what is in sight.
func (tab *Tab) reach(selector string) (x, y float64) {
	tab.t.Helper()
	tab.Until(selector, "document.querySelector("+quote(selector)+")?.checkVisibility()")
	Eval[any](tab, "document.querySelector("+quote(selector)+`).scrollIntoView({block: "nearest", inline: "nearest", behavior: "instant"}), 1`)
	x, y = tab.middle(selector)
	if hit := fmt.Sprintf("(e => e && (e.contains(document.querySelector(%[1]s)) || document.querySelector(%[1]s).contains(e)))(document.elementFromPoint(%[2]v, %[3]v))", quote(selector), x, y); !Eval[bool](tab, "Boolean("+hit+")") {
		tab.t.Fatalf("a finger cannot touch %s: something else is at %v, %v", selector, x, y)
	}
	return x, y
}

func (tab *Tab) touch(kind input.DispatchTouchEventType, at ...finger) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, Patience)
	defer cancel()
	points := make([]*input.TouchPoint, len(at)) // none, where all fingers are lifted, is a list too
	for i, f := range at {
		id := float64(i)
		points[i] = &input.TouchPoint{X: f.x, Y: f.y, ID: &id}
	}
	if _, err := chromedp.Call(ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points}); err != nil {
		tab.t.Fatalf("%s: %v", kind, err)
	}
}
