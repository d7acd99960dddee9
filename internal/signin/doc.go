// Package signin holds what proves who somebody is: passwords, how often one may
// be tried, and accounts elsewhere (OpenID Connect). It knows nothing of records
// or requests: web asks it.
package signin
