// Package page holds the pages that people see: their templates, the texts in
// them, what they bring to the browser, and the view models that fill them. It
// knows nothing of records or requests: web fills the models.
//
// # To add a page
//
// A page called NAME is
//
//   - NAME.go: its view model, a plain exported struct with a method
//     'func (Name) template() string { return "NAME" }'. It holds what is to be
//     shown, ready: no ids to look up, no times to work out.
//   - templates/NAME.html: defines "title" (text) and "main" (what is between
//     header and footer). It may define "class" (of <main>: "wide", "narrow"),
//     "scripts" ({{script "NAME"}}{{style "NAME"}} for bundles of its own),
//     "texts" ({{texts "NAME.live" "player"}}: the texts its scripts need, by the
//     beginnings of their keys), and "body" to do without header and footer:
//     it alone sees .Frame and .Model, to the others '.' is the model. Parts that
//     several pages share lie in templates/part/ as {{define "part/…"}};
//     {{template "part/x" .Thing}} uses one.
//   - messages/NAME.en-GB.toml: every text on it; every key begins with "NAME.".
//   - assets/src/bundle/NAME.ts and NAME.css, if it needs a bundle of its own;
//     custom elements are assets/src/element/ONE.ts, styles of a part
//     assets/src/part/ONE.css. Small things go into bundle/desk.ts and desk.css,
//     which every page has.
//
// and in web a handler that ends with
//
//	return h.page(w, r, http.StatusOK, page.Name{…})
//
// Then each of its states is registered with canned data in
// internal/web/gallery/NAME.go, and the test of the gallery looks at it.
//
// # In a template
//
//	{{t "home.title"}}                            a text
//	{{t "home.films" "Count" .N "Name" .Client}}  with values; Count chooses one or many
//	{{t (printf "film.state.%s" .State)}}         a key that is put together
//	{{date .FilmedOn}}                            a day in words; a time.Time
//	{{template "part/when" .Created}}             a time, by the reader's clock
//	{{length .Duration}} {{size .Bytes}}          3 min 20 s; 1.2 GB
//	{{template "part/shown" .Pages}} {{template "part/pages" .Pages}}  before and after a list that may be long
//	<script type="application/json" id="film">{{.Film}}</script>   data for a script, from any JSON value
//
// The policy of content is strict: no inline script or style, no attribute
// 'style' or 'on…' (scripts may set element.style), nothing from elsewhere.
// A form has a method and an action and works without scripts where it can; htmx
// (hx-post, hx-select, hx-target) spares the reload. What is written into one that
// asks for no password outlives the session by itself (assets/src/draft.ts), until
// its handler answers with a page or leads to one (303) without an error; one that
// changes a record says by a field 'version' which version it shows.
// data-focus marks what is to get the focus after htmx exchanged it.
//
// # In TypeScript
//
//	import { t } from "../messages";   t("review.keep"), t("upload.left", { Minutes: 3 })
//
// 'npm run check' in assets holds the types, 'make build' (or 'npm run build')
// bundles. Without a bundle pages work as far as HTML goes, and say so.
package page
