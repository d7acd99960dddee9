package store

import "github.com/google/uuid"

// Ids are opaque, and in the order in which their records were made.

// AccountID names an Account.
type AccountID string

// TokenID names a Token.
type TokenID string

// CaseID names a Case.
type CaseID string

// CycleID names a Cycle.
type CycleID string

// FilmID names a Film.
type FilmID string

// AnalysisID names an Analysis.
type AnalysisID string

// ReelID names a Reel.
type ReelID string

// ClipID names a Clip.
type ClipID string

// newID returns an id, or the token of an attempt. The source of random
// numbers does not fail (crypto/rand).
func newID() string { return uuid.Must(uuid.NewV7()).String() }
