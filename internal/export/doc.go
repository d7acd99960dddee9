// Package export writes the clips of a film in the formats of other programs:
// EDL for editors, CSV for spreadsheets and BORIS, EAF for ELAN, WebVTT for
// players. It is pure: the same cut gives the same bytes.
package export
