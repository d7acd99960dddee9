package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"golang.org/x/text/language"
)

//go:embed templates
var templateFiles embed.FS

// Set is all pages, in all languages that there are messages for. It may be
// used by several at once.
type Set struct {
	assets    *assets
	languages []language.Tag // as the matcher counts them
	matcher   language.Matcher
	pages     map[language.Tag]map[string]*template.Template
	known     map[string]bool // keys of the messages
}

// New reads the templates and the messages that are embedded in the program.
func New() (*Set, error) {
	known, err := readMessages()
	if err != nil {
		return nil, err
	}
	built, err := readAssets()
	if err != nil {
		return nil, err
	}
	s := &Set{assets: built, languages: known.languages(), pages: map[language.Tag]map[string]*template.Template{}, known: map[string]bool{}}
	for key := range known.texts[source] {
		s.known[key] = true
	}
	s.matcher = language.NewMatcher(s.languages)
	for _, tag := range s.languages {
		if s.pages[tag], err = parse(functions(known.speak(tag), built, tag)); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// parse returns the template of each page, with the layout and the parts.
func parse(funcs template.FuncMap) (map[string]*template.Template, error) {
	common, err := template.New("layout").Funcs(funcs).ParseFS(templateFiles, "templates/layout/*.html", "templates/part/*.html")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	pages := map[string]*template.Template{}
	for _, file := range files {
		one, err := common.Clone()
		if err == nil {
			_, err = one.ParseFS(templateFiles, file)
		}
		if err != nil {
			return nil, fmt.Errorf("read template: %w", err)
		}
		pages[strings.TrimSuffix(strings.TrimPrefix(file, "templates/"), ".html")] = one
	}
	return pages, nil
}

// policy lets a page use what the service itself serves, and nothing else.
// Pictures may be data: and blob: for stills that a script draws.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// Serve answers with a page, in the language that the reader likes best of
// those there are. When it fails, nothing was written yet.
func (s *Set) Serve(w http.ResponseWriter, r *http.Request, status int, frame Frame, model Page) error {
	asked, _, _ := language.ParseAcceptLanguage(r.Header.Get("Accept-Language")) // what cannot be read is no wish
	_, chosen, _ := s.matcher.Match(asked...)
	var text bytes.Buffer
	if err := s.render(&text, s.languages[chosen], frame, model); err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Security-Policy", policy)
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Add("Vary", "Accept-Language")
	w.WriteHeader(status)
	_, _ = text.WriteTo(w) // whoever asked may have gone
	return nil
}

// view is what the layout sees.
type view struct {
	Frame Frame
	Model Page
}

// render writes a page.
func (s *Set) render(text *bytes.Buffer, tag language.Tag, frame Frame, model Page) error {
	name := model.template()
	one, ok := s.pages[tag][name]
	if !ok {
		return fmt.Errorf("there is no template for the page %q", name)
	}
	if frame.Notice = "notice." + frame.Notice; !s.known[frame.Notice] {
		frame.Notice = "" // it came with the address, in which anybody can write anything
	}
	if err := one.ExecuteTemplate(text, "layout", view{frame, model}); err != nil {
		return fmt.Errorf("write page %q: %w", name, err)
	}
	return nil
}
