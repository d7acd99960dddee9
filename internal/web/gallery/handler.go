package gallery

import (
	"fmt"
	"html/template"
	"net/http"

	"attune/internal/web/page"
)

// Path is where the gallery is.
const Path = "/dev/gallery"

// Handlers returns what answers at which pattern of [http.ServeMux]: the list of
// all states, each state, and the answers that its scripts get.
func Handlers(pages *page.Set) map[string]http.HandlerFunc {
	states := States()
	handlers := map[string]http.HandlerFunc{
		"GET " + Path: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'")
			_ = list.Execute(w, states) // whoever asked may have gone
		},
	}
	for _, s := range states {
		handlers["GET "+Path+"/"+s.Address()] = func(w http.ResponseWriter, r *http.Request) {
			frame := page.Frame{Viewer: s.Viewer, Path: r.URL.Path, Notice: s.Notice}
			if err := pages.Serve(w, r, max(s.Status, http.StatusOK), frame, s.Model); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		}
		for pattern, answer := range s.Answers {
			if handlers[pattern] != nil {
				panic(fmt.Sprintf("gallery: two states answer %q", pattern))
			}
			handlers[pattern] = answer.ServeHTTP
		}
	}
	return handlers
}

// Handler serves the gallery alone, with what its pages bring to the browser.
func Handler(pages *page.Set) http.Handler {
	mux := http.NewServeMux()
	for pattern, handle := range Handlers(pages) {
		mux.HandleFunc(pattern, handle)
	}
	mux.HandleFunc("GET /assets/{asset}", func(w http.ResponseWriter, r *http.Request) {
		if !pages.ServeAsset(w, r, r.PathValue("asset")) {
			http.NotFound(w, r)
		}
	})
	mux.Handle("GET /{$}", http.RedirectHandler(Path, http.StatusSeeOther))
	return mux
}

// list is for those who build Attune, so it is in no message file.
var list = template.Must(template.New("list").Parse(`<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gallery</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/assets/desk.css"></head>
<body><main class="narrow"><h1>Every page in every state</h1>
{{$page := ""}}{{range .}}{{if ne .Page $page}}{{if $page}}</ul>{{end}}{{$page = .Page}}<h2>{{.Page}}</h2><ul>{{end}}
<li><a href="/dev/gallery/{{.Address}}">{{.Name}}</a></li>{{end}}{{if $page}}</ul>{{end}}
</main></body></html>
`))
