// Package accuracy compares what was found in a film with what is true of it,
// beside plain ways of picking spans that look at nothing.
package accuracy
