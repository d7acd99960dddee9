// Package gallery shows every page in every state with canned data: empty,
// loading, failed, long names, many clips. Nothing is behind it: no records, no
// film. Tests look at each of its states, and people can at /dev/gallery
// ('make gallery', or the service built with the tag gallery).
//
// # To add the states of a page
//
// A file NAME.go of this package:
//
//	var _ = add("cycle", guider,
//		State{Name: "no film yet", Model: page.Cycle{…}},
//		State{Name: "loading", Model: page.Cycle{…}, Answers: Answers{
//			"GET /api/v1/films/gallery-cycle-loading/events": {Hold: true},
//		}},
//	)
//
// Answers are what the scripts of the page get when they ask: JSON of any value,
// a picture, an error, or nothing for as long as they wait. Use ids that begin
// with "gallery-" and that no other state has, so that each state gets its own.
// Names are invented; see the long ones in name.go.
package gallery
