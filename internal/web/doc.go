// Package web is the HTTP side of the service: the API under /api/v1, which
// openapi.yaml describes, the uploads, and what says whether the service is
// well.
//
// A request shows a token (Authorization: Bearer …) and acts for its account.
// A guider sees their own cases and what belongs to them; of anything else
// the answer is 404, whether or not there is such a thing. An admin sees
// numbers of queues, and no film.
//
// Films, reels and stills are read from the vault as they are asked for, in
// ranges. How far work is comes from the [Queue]; what state a film is in
// comes from the records, which are the truth.
package web
