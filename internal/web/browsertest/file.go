package browsertest

import (
	"context"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Choose does what makes the page ask for files, a click or a key, and chooses
// these in place of the dialogue of the system.
func (tab *Tab) Choose(ask func(), files ...string) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, Patience)
	defer cancel()
	intercept := func(on bool) {
		if _, err := chromedp.Call(ctx, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: on}); err != nil {
			tab.t.Fatal("wait for the choosing of files: ", err)
		}
	}
	intercept(true)
	opened := chromedp.Events(ctx, page.FileChooserOpened)
	ask()
	for e, err := range opened {
		if err != nil {
			tab.t.Fatal("nothing asked for files: ", err)
		}
		if _, err := chromedp.Call(ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: files, BackendNodeID: e.BackendNodeID}); err != nil {
			tab.t.Fatal("choose files: ", err)
		}
		break
	}
	intercept(false)
}

// Drop drops files from another program into the middle of an element.
func (tab *Tab) Drop(selector string, files ...string) {
	tab.t.Helper()
	at := Eval[[]float64](tab, `(r => [r.x + r.width / 2, r.y + r.height / 2])(document.querySelector(`+quote(selector)+`).getBoundingClientRect())`)
	for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
		ctx, cancel := context.WithTimeout(tab.ctx, Patience)
		_, err := chromedp.Call(ctx, input.DispatchDragEvent, input.DispatchDragEventParams{
			Type: kind, X: at[0], Y: at[1],
			Data: &input.DragData{Items: []*input.DragDataItem{}, Files: files, DragOperationsMask: 1},
		})
		cancel()
		if err != nil {
			tab.t.Fatalf("%s: %v", kind, err)
		}
	}
}

// Download does what makes the browser download a file, and returns where it
// is, in a folder that goes when the test ends, under the name that was
// suggested.
func (tab *Tab) Download(ask func()) (path string) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, Patience)
	defer cancel()
	dir, events := tab.t.TempDir(), true
	_, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, DownloadPath: dir, EventsEnabled: &events,
	})
	if err != nil {
		tab.t.Fatal("wait for a download: ", err)
	}
	begun, moved := chromedp.BrowserEvents(ctx, browser.DownloadWillBegin), chromedp.BrowserEvents(ctx, browser.DownloadProgress)
	ask()
	name := ""
	for e, err := range begun {
		if err != nil {
			tab.t.Fatal("nothing was downloaded: ", err)
		}
		name = e.SuggestedFilename
		break
	}
	for e, err := range moved {
		if err != nil {
			tab.t.Fatal("the download did not end: ", err)
		}
		switch e.State {
		case browser.DownloadProgressStateCanceled:
			tab.t.Fatalf("the download of %s broke off", name)
		case browser.DownloadProgressStateCompleted:
			path = filepath.Join(dir, filepath.Base(name))
			if err := os.Rename(filepath.Join(dir, e.GUID), path); err != nil {
				tab.t.Fatal(err)
			}
			return path
		}
	}
	tab.t.Fatalf("the download of %s did not end", name)
	return ""
}
