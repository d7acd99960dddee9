// Package browsertest opens pages in Debian's Chromium, for tests.
//
//	tab := browsertest.Open(t)
//	tab.Go(server.URL + "/sign-in")
//	tab.Type("guider")
//	tab.Press("Tab", "Enter")
//	tab.Until("the list of cases", `document.querySelector("h1")?.textContent === "Cases"`)
//
// Each call of [Start] or [Open] is a Chromium with a new profile; tabs of one
// [Browser] share it, as those of a guider do. Everything waits for what it
// names, for [Patience] at most, and stops the test where that does not come.
// A tab fails its test when the page wrote an error or a warning to the
// console, broke its Content-Security-Policy, or asked another host for
// something; [Tab.Excuse] names what a test brings about itself.
//
// With ATTUNE_SCREENSHOTS, the folder that [Tab.Picture] writes into, tests show
// what they saw; a test that fails leaves a picture there of each of its tabs.
package browsertest
