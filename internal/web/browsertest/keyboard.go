package browsertest

import (
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// named are the keys that have names of more than one letter, as
// KeyboardEvent.key has them, and "Space".
var named = map[string]string{
	"Tab": kb.Tab, "Enter": kb.Enter, "Escape": kb.Escape, "Space": " ", "Backspace": kb.Backspace, "Delete": kb.Delete,
	"ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight, "ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown,
	"Home": kb.Home, "End": kb.End, "PageUp": kb.PageUp, "PageDown": kb.PageDown,
}

var modifiers = map[string]chromedp.Modifier{
	"Shift": chromedp.ModifierShift, "Control": chromedp.ModifierCtrl, "Alt": chromedp.ModifierAlt,
}

// Press presses keys one after the other: "k", "?", "Enter", "Shift+Tab",
// "Control+z".
func (tab *Tab) Press(keys ...string) {
	tab.t.Helper()
	for _, key := range keys {
		var held []chromedp.Modifier
		name := key
		for {
			before, after, more := strings.Cut(name, "+")
			modifier, known := modifiers[before]
			if !more || !known || after == "" {
				break
			}
			held, name = append(held, modifier), after
		}
		text, known := named[name]
		if !known {
			text = name
		}
		if len([]rune(text)) != 1 {
			tab.t.Fatalf("there is no key %q", key)
		}
		tab.do("press "+key, chromedp.KeyEvent(text, chromedp.KeyModifiers(held...)))
	}
}

// Type types text where the focus is.
func (tab *Tab) Type(text string) {
	tab.t.Helper()
	tab.do("type", chromedp.KeyEvent(text))
}

// Fill clicks into the field of a selector and types text in place of what is
// there.
func (tab *Tab) Fill(selector, text string) {
	tab.t.Helper()
	tab.Click(selector)
	tab.Press("Control+a")
	tab.Type(text)
}

// mostTabs is more than any page has places to stop at.
const mostTabs = 200

// TabTo presses Tab until the focus is at an element of a selector, as somebody
// does who has no mouse; it fails the test where the focus never gets there.
func (tab *Tab) TabTo(selector string) {
	tab.t.Helper()
	tab.walk("Tab", selector)
}

// TabBackTo is TabTo the other way round.
func (tab *Tab) TabBackTo(selector string) {
	tab.t.Helper()
	tab.walk("Shift+Tab", selector)
}

func (tab *Tab) walk(key, selector string) {
	tab.t.Helper()
	tab.Until("something at "+selector, "document.querySelector("+quote(selector)+")")
	var stops []string
	for range mostTabs {
		if Eval[bool](tab, "Boolean(document.activeElement?.matches("+quote(selector)+"))") {
			return
		}
		tab.Press(key)
		stops = append(stops, tab.Focused())
	}
	tab.t.Fatalf("%s does not come to %s; it stops at\n%s", key, selector, strings.Join(stops[:min(len(stops), 40)], "\n"))
}

// Focused describes the element that has the focus, for people.
func (tab *Tab) Focused() string {
	tab.t.Helper()
	return Eval[string](tab, `(e => e ? e.cloneNode(false).outerHTML.slice(0, 160) + " " + (e.textContent ?? "").trim().slice(0, 40) : "nothing")(document.activeElement)`)
}
