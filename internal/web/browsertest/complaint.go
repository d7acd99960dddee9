package browsertest

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// hear is told of what happens in the tab. It must not wait for anything.
func (tab *Tab) hear(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if thrown := e.ExceptionDetails.Exception; thrown != nil {
			text += " " + thrown.Description
		}
		tab.complain(text)
	case *runtime.EventConsoleAPICalled:
		switch e.Type {
		case runtime.ConsoleAPICalledTypeError, runtime.ConsoleAPICalledTypeWarning, runtime.ConsoleAPICalledTypeAssert:
			text := string(e.Type) + ":"
			for _, arg := range e.Args {
				text += " " + strings.Trim(string(arg.Value), `"`) + arg.Description
			}
			tab.complain(text)
		}
	case *log.EventEntryAdded: // broken policies, addresses that failed
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			tab.complain(strings.TrimSpace(e.Entry.Text + " " + e.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		tab.asked(string(e.RequestID), e.Request)
	case *network.EventLoadingFinished:
		tab.got(string(e.RequestID), int(e.EncodedDataLength))
	case *page.EventJavascriptDialogOpening:
		go func() { // it waits for the answer to be taken
			_, _ = chromedp.Call(tab.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}()
	}
}

func (tab *Tab) complain(text string) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.complaints = append(tab.complaints, text)
}

// Excuse names complaints that the test brings about itself, by a regular
// expression that is found in their texts.
func (tab *Tab) Excuse(pattern string) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.excused = append(tab.excused, regexp.MustCompile(pattern))
}

// Complaints are the errors and warnings so far that were not excused.
func (tab *Tab) Complaints() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	var left []string
complaints:
	for _, text := range tab.complaints {
		for _, excuse := range tab.excused {
			if excuse.MatchString(text) {
				continue complaints
			}
		}
		left = append(left, text)
	}
	return left
}

// finish closes the tab, and fails the test for what it complained of.
func (tab *Tab) finish() {
	if tab.t.Failed() {
		tab.last()
	}
	for _, text := range tab.Complaints() {
		tab.t.Errorf("the browser complained: %s", text)
	}
	tab.Close()
}

// asked notes a request, which is to be for this machine.
func (tab *Tab) asked(id string, request *network.Request) {
	address := request.URL
	at, err := url.Parse(address)
	if err != nil {
		tab.complain("an address that is none: " + address)
		return
	}
	switch at.Scheme {
	case "data", "blob", "about", "file":
		return
	}
	switch at.Hostname() {
	case "127.0.0.1", "localhost", "::1":
	default:
		tab.complain("a request left the machine: " + address)
	}
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.addresses[id] = address
	header := http.Header{}
	for name, value := range request.Headers {
		header.Set(name, fmt.Sprint(value))
	}
	tab.requests = append(tab.requests, Request{Method: request.Method, Path: at.Path, Header: header})
}

// Request is one that the page made.
type Request struct {
	Method string
	Path   string
	Header http.Header // as far as the page set it
}

// Requests are those that the tab made with a method, in their order.
func (tab *Tab) Requests(method string) []Request {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	var found []Request
	for _, r := range tab.requests {
		if r.Method == method {
			found = append(found, r)
		}
	}
	return found
}

// Request waits until the tab has made n+1 requests with a method, and returns
// the last of these.
func (tab *Tab) Request(method string, n int) Request {
	tab.t.Helper()
	tick := time.NewTicker(pace)
	defer tick.Stop()
	deadline := time.After(Patience)
	for {
		found := tab.Requests(method)
		if n < len(found) {
			return found[n]
		}
		select {
		case <-tick.C:
		case <-deadline:
			tab.t.Fatalf("the tab made %d requests with %s, and %d were waited for", len(found), method, n+1)
		}
	}
}

// got notes how much came for a request.
func (tab *Tab) got(id string, n int) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.received[tab.addresses[id]] += n
}

// Weight returns how many bytes have come over the line since the tab was
// opened or Weigh was called last, headers too, from addresses that pass the
// filter; nil passes all.
func (tab *Tab) Weight(filter func(address string) bool) int {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	total := 0
	for address, n := range tab.received {
		if filter == nil || filter(address) {
			total += n
		}
	}
	return total
}

// Weigh begins anew with what Weight counts.
func (tab *Tab) Weigh() {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	clear(tab.received)
}
