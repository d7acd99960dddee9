package browsertest

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// picturesEnv names the folder that pictures are written into.
const picturesEnv = "ATTUNE_SCREENSHOTS"

// Laptop makes the tab as large as a small laptop's screen, Phone as a
// telephone's.
func (tab *Tab) Laptop() {
	tab.t.Helper()
	tab.do("be a laptop", chromedp.EmulateViewport(LaptopWidth, LaptopHeight))
}

// Phone makes the tab a telephone's.
func (tab *Tab) Phone() {
	tab.t.Helper()
	tab.do("be a telephone", chromedp.EmulateViewport(PhoneWidth, PhoneHeight, chromedp.EmulateMobile))
}

// Size makes the tab so large, in CSS pixels. The laptop at a zoom of 200 % is
// 683 by 384.
func (tab *Tab) Size(width, height int) {
	tab.t.Helper()
	tab.do("change the size", chromedp.EmulateViewport(int64(width), int64(height)))
}

// Prefer says what the person at the tab prefers, as "prefers-color-scheme",
// "dark". It replaces what was said before.
func (tab *Tab) Prefer(feature, value string) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, Patience)
	defer cancel()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: feature, Value: value}},
	})
	if err != nil {
		tab.t.Fatal("prefer "+value+": ", err)
	}
}

// Line is the line between the tab and the service. Its zero value is as good
// as the machine makes it.
type Line struct {
	Offline bool
	Up      float64 // bytes a second at most; 0 is no limit
}

// Line changes the line from now on.
func (tab *Tab) Line(line Line) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, Patience)
	defer cancel()
	up := line.Up
	if up == 0 {
		up = -1
	}
	conditions := &network.Conditions{Offline: line.Offline, DownloadThroughput: -1, UploadThroughput: up}
	_, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{conditions},
	})
	if err == nil {
		_, err = chromedp.Call(ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{
			Offline: line.Offline, DownloadThroughput: -1, UploadThroughput: -1,
		})
	}
	if err != nil {
		tab.t.Fatal("change the line: ", err)
	}
}

// Picture writes a picture of the whole page to NAME.png in the folder that
// ATTUNE_SCREENSHOTS names, if it does.
func (tab *Tab) Picture(name string) {
	tab.t.Helper()
	if dir := os.Getenv(picturesEnv); dir != "" {
		if err := tab.picture(dir, name); err != nil {
			tab.t.Errorf("picture %s: %v", name, err)
		}
	}
}

func (tab *Tab) picture(dir, name string) error {
	ctx, cancel := context.WithTimeout(tab.ctx, Patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600)
}

// last leaves what a test saw when it failed.
func (tab *Tab) last() {
	tab.mu.Lock()
	closed := tab.closed
	tab.mu.Unlock()
	if closed {
		return
	}
	if at, err := eval[string](tab, `location.href + "\n" + (document.body?.innerText ?? "").slice(0, 2000)`); err == nil {
		tab.t.Logf("the tab shows %s", at)
	}
	if dir := os.Getenv(picturesEnv); dir != "" {
		_ = tab.picture(dir, "failed-"+strings.ReplaceAll(tab.t.Name(), "/", "-")) // the test has failed already
	}
}
