// Package report writes what an analysis found as files that people and
// programs read: analysis.json, signals.json, frames.json, observations.jsonl
// and report.html.
//
// The formats are those of the design: seconds with three decimals, boxes as
// fractions of the picture as displayed, null for what was not seen. The same
// findings always give the same bytes.
package report
