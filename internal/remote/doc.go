// Package remote is a running service as a program sees it from outside: its
// API, by its address and a token. Films are sent by tusclient.
package remote
