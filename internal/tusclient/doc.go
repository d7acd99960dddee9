// Package tusclient sends a film to the service by tus 1.0
// (https://tus.io/protocols/resumable-upload): in pieces, each of which is
// stored before the next, so that a connection that breaks, or a server that is
// started again, costs no more than the piece that was on its way.
package tusclient
