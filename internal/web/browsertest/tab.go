package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Tab is one page of a browser.
type Tab struct {
	t      testing.TB
	ctx    context.Context
	cancel context.CancelFunc

	mu         sync.Mutex
	closed     bool
	complaints []string
	excused    []*regexp.Regexp
	requests   []Request
	addresses  map[string]string // of requests, by their ids
	received   map[string]int    // bytes by address
}

// Context is the tab's for [chromedp.Run], for what there is no method for.
func (tab *Tab) Context() context.Context { return tab.ctx }

// do runs one action.
func (tab *Tab) do(what string, action chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, Patience)
	defer cancel()
	if err := chromedp.Do(ctx, action); err != nil {
		tab.t.Fatalf("%s: %v", what, err)
	}
}

// Go opens an address and waits until it is loaded.
func (tab *Tab) Go(address string) {
	tab.t.Helper()
	tab.do("open "+address, chromedp.Navigate(address))
}

// Reload loads the page again.
func (tab *Tab) Reload() {
	tab.t.Helper()
	tab.do("load the page again", chromedp.Reload())
}

// Close closes the tab as a guider would who has had enough: what the page asks
// before it goes is answered with yes.
func (tab *Tab) Close() {
	tab.t.Helper()
	tab.mu.Lock()
	closed := tab.closed
	tab.closed = true
	tab.mu.Unlock()
	if !closed {
		tab.cancel()
	}
}

// Eval evaluates JavaScript in the page, waits for it if it is a promise, and
// returns what it says.
func Eval[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	v, err := eval[T](tab, expression)
	if err != nil {
		tab.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func eval[T any](tab *Tab, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(tab.ctx, Patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Until waits until an expression of JavaScript is true, also over the loading
// of other pages. What names it for people.
func (tab *Tab) Until(what, expression string) {
	tab.t.Helper()
	if err := tab.until(expression, Patience); err != nil {
		tab.t.Fatalf("waited for %s (%s): %v", what, expression, err)
	}
}

// pace is how often is looked whether what is waited for is there.
const pace = 50 * time.Millisecond

func (tab *Tab) until(expression string, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	tick := time.NewTicker(pace)
	defer tick.Stop()
	var last error
	for {
		// While a page makes room for the next there is nothing to ask.
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf("Boolean(%s)", expression)))
		if err == nil && is {
			return nil
		}
		if err != nil && ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), last)
		case <-tick.C:
		}
	}
}

// See waits until the page shows a text.
func (tab *Tab) See(text string) {
	tab.t.Helper()
	quoted, _ := json.Marshal(text)
	tab.Until("the words "+string(quoted), "document.body?.innerText.includes("+string(quoted)+")")
}

// At waits until the path of the page's address matches a pattern of
// JavaScript, as "^/films/[^/]+$", and the page is loaded.
func (tab *Tab) At(pattern string) {
	tab.t.Helper()
	quoted, _ := json.Marshal(pattern)
	tab.Until("the address "+pattern, "new RegExp("+string(quoted)+").test(location.pathname) && document.readyState === 'complete'")
}

// Path is the path of the page's address.
func (tab *Tab) Path() string {
	tab.t.Helper()
	return Eval[string](tab, "location.pathname")
}

// Text returns the text that the first element of a CSS selector shows.
func (tab *Tab) Text(selector string) string {
	tab.t.Helper()
	tab.Until(selector, "document.querySelector("+quote(selector)+")")
	return Eval[string](tab, "document.querySelector("+quote(selector)+").innerText")
}

// Click clicks the middle of the first element of a CSS selector with the
// mouse, once it is there, visible, and in view.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	tab.Until("something to click at "+selector, "document.querySelector("+quote(selector)+")?.checkVisibility()")
	tab.do("click "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// quote is text as a literal of JavaScript.
func quote(text string) string {
	quoted, _ := json.Marshal(text)
	return string(quoted)
}
