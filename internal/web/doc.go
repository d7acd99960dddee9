// Package web is the HTTP side of the service: the API under /api/v1, which
// openapi.yaml describes, the uploads, and what says whether the service is
// well.
//
// A request shows a token (Authorization: Bearer …), or comes from a browser that
// is signed in (a cookie), and acts for that account. A guider sees their own
// cases and what belongs to them, a supervisor what is shared with them until
// that ends; of anything else the answer is 404, whether or not there is such a
// thing. An admin sees numbers of queues, and no film.
//
// Every route says who may come (access). Handlers that change something look it
// up by ownCase, ownFilm and the like, those that read by seenCase and the like.
// A route that is a page fails as a page, and asks who is not signed in to do so.
//
// Films, reels and stills are read from the vault as they are asked for, in
// ranges. How far work is comes from the [Queue]; what state a film is in
// comes from the records, which are the truth.
package web
