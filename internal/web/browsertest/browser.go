package browsertest

import (
	"context"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const (
	// Patience is how long is waited for one thing: far more than it takes, on a
	// machine that runs every other test too. It bounds a hang.
	Patience = 5 * time.Minute
	// lifetime bounds one browser: the longest test has one for minutes.
	lifetime = 15 * time.Minute
	// leaving is how long a browser gets to end by itself.
	leaving = 10 * time.Second
)

// The sizes that pages are made for, in CSS pixels.
const (
	LaptopWidth  = 1366
	LaptopHeight = 768
	PhoneWidth   = 390
	PhoneHeight  = 844
)

// Browser is one Chromium with a profile of its own.
type Browser struct {
	t   testing.TB
	ctx context.Context // of the first tab, with which the browser ends
}

// Flag is a switch of Chromium's command line, as "mute-audio": true.
type Flag struct {
	Name  string
	Value any
}

// Start starts Chromium, until the test ends. It skips the test where there is
// none.
func Start(t testing.TB, flags ...Flag) *Browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("needs chromium: ", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(LaptopWidth, LaptopHeight), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("mute-audio", true), chromedp.Flag("lang", "en-GB"),
		chromedp.WSURLReadTimeout(Patience))
	for _, f := range flags {
		options = append(options, chromedp.Flag(f.Name, f.Value))
	}
	// Not the test's context, which ends before its cleanup: a picture of what
	// failed is taken then.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), lifetime)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &Browser{t: t, ctx: ctx}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("start chromium: ", err)
	}
	t.Cleanup(func() {
		ending, cancel := context.WithTimeout(ctx, leaving)
		defer cancel()
		_ = chromedp.Cancel(ending) // else it is killed
	})
	return b
}

// Open starts Chromium and opens a tab in it.
func Open(t testing.TB, flags ...Flag) *Tab {
	t.Helper()
	return Start(t, flags...).Tab()
}

// Tab opens a tab of the laptop's size.
func (b *Browser) Tab() *Tab {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	tab := &Tab{t: b.t, ctx: ctx, cancel: cancel, addresses: map[string]string{}, received: map[string]int{}}
	if err := chromedp.Listen(ctx, tab.hear); err != nil {
		cancel()
		b.t.Fatal("open a tab: ", err)
	}
	tab.Laptop()
	b.t.Cleanup(tab.finish)
	return tab
}
