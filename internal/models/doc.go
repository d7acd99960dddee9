// Package models is the manifest of the model files that Attune can use. It
// finds them on this machine and fetches them, and trusts a file only by its
// size and SHA-256.
package models
