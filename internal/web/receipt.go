package web

import (
	"net/http"
	"strings"
)

// A page keeps what somebody wrote until it knows that it was taken
// (page/assets/src/draft.ts). It sends a form with a number of its own, and asks
// for that back: the page that answers, or the one that a form that was taken
// leads to, has it. That it leads to another page says nothing: who is not signed
// in is led away too, and many pages lead to others at any time.

const (
	// receiptField is where forms have their number.
	receiptField = "receipt"
	// maxReceipt is longer than any: a time and a random number in base 36.
	maxReceipt = 40
	// receiptTime is how long a browser may take to the page that a form leads to,
	// in seconds: over the slowest of telephone lines.
	receiptTime = 60
)

// receiptOf returns the number of the form that a page answers or follows, and
// whether it was taken before; "" if there is none.
func (h *Web) receiptOf(r *http.Request) (receipt string, taken bool) {
	if r.Method == http.MethodPost {
		return numberOf(r.PostFormValue(receiptField)), false
	}
	c, err := r.Cookie(h.receiptCookie("").Name)
	if err != nil {
		return "", false
	}
	receipt = numberOf(c.Value)
	return receipt, receipt != ""
}

// giveReceipt gives a form that was taken its number back, for the page that it
// leads to.
func (h *Web) giveReceipt(w http.ResponseWriter, r *http.Request) {
	if receipt := numberOf(r.PostFormValue(receiptField)); receipt != "" {
		http.SetCookie(w, h.receiptCookie(receipt))
	}
}

func (h *Web) receiptCookie(receipt string) *http.Cookie {
	c := &http.Cookie{ //nolint:gosec // Secure wherever there is https
		Name: "attune-receipt", Value: receipt, Path: "/", MaxAge: receiptTime, HttpOnly: true,
		Secure: secureURL(h.PublicURL), SameSite: http.SameSiteStrictMode,
	}
	if c.Secure {
		c.Name = "__Host-" + c.Name
	}
	return c
}

// numberOf returns a number as pages make them, and "" for what is none.
func numberOf(receipt string) string {
	foreign := func(c rune) bool { return (c < '0' || c > '9') && (c < 'a' || c > 'z') }
	if len(receipt) > maxReceipt || strings.ContainsFunc(receipt, foreign) {
		return ""
	}
	return receipt
}
