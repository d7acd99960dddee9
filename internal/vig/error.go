package vig

import (
	"errors"
	"fmt"
)

// Code says what kind of failure an [Error] is, for the tables that turn a
// failure into an exit code, a retry or an HTTP status.
type Code string

// The codes. Anything without one is CodeInternal.
const (
	CodeInvalid     Code = "invalid"     // the film or the request is broken
	CodeUnsupported Code = "unsupported" // sound, but not taken here
	CodeNotFound    Code = "notfound"
	CodeConflict    Code = "conflict"
	CodeForbidden   Code = "forbidden"
	CodeInternal    Code = "internal"
)

// Error is a failure with its kind and the action that failed.
type Error struct {
	Code Code
	Op   string // the action, as in "open film: find stream"
	Err  error  // may be nil if Op says it all
}

// Error returns the action and the cause as one line.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Op
	}
	return e.Op + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf returns an [Error] with the action op and a cause made as by
// [fmt.Errorf].
func Errorf(code Code, op, format string, args ...any) error {
	return &Error{Code: code, Op: op, Err: fmt.Errorf(format, args...)}
}

// CodeOf returns the code of the outermost [Error] in err's chain,
// CodeInternal if there is none, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}
