package browsertest

import (
	"context"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// moves is how many times the mouse moves on its way, as a hand does.
const moves = 10

// Drag takes the middle of the first element of a CSS selector by the mouse, and
// lets go of it so many CSS pixels further.
func (tab *Tab) Drag(selector string, right, down float64) {
	tab.t.Helper()
	x, y := tab.middle(selector)
	tab.mouse(input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseMoved, X: x, Y: y})
	tab.mouse(input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMousePressed, X: x, Y: y, Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1})
	for i := 1.0; i <= moves; i++ {
		tab.mouse(input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseMoved, X: x + right*i/moves, Y: y + down*i/moves, Button: input.MouseButtonLeft, Buttons: 1})
	}
	tab.mouse(input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseReleased, X: x + right, Y: y + down, Button: input.MouseButtonLeft, ClickCount: 1})
}

// Wheel turns the wheel over the middle of the first element of a CSS selector,
// by so many CSS pixels, perhaps with Control held.
func (tab *Tab) Wheel(selector string, right, down float64, control bool) {
	tab.t.Helper()
	x, y := tab.middle(selector)
	// The protocol wants both, and the client leaves out what is 0.
	const none = 1e-6
	if right == 0 {
		right = none
	}
	if down == 0 {
		down = none
	}
	turn := input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: x, Y: y, DeltaX: right, DeltaY: down}
	if control {
		turn.Modifiers = 2 // Control, by the protocol
	}
	tab.mouse(turn)
}

func (tab *Tab) middle(selector string) (x, y float64) {
	tab.t.Helper()
	tab.Until(selector, "document.querySelector("+quote(selector)+")?.checkVisibility()")
	at := Eval[[]float64](tab, `(r => [r.x + r.width / 2, r.y + r.height / 2])(document.querySelector(`+quote(selector)+`).getBoundingClientRect())`)
	return at[0], at[1]
}

func (tab *Tab) mouse(event input.DispatchMouseEventParams) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, Patience)
	defer cancel()
	if _, err := chromedp.Call(ctx, input.DispatchMouseEvent, event); err != nil {
		tab.t.Fatalf("%s: %v", event.Type, err)
	}
}
