package page

// Page is the view model of one page.
type Page interface {
	// template is the name of its file in templates, without .html.
	template() string
}

// Viewer is who looks at a page. Its zero value is somebody who is not signed
// in.
type Viewer struct {
	ID   string // of the account
	Name string
	Role string // "guider", "supervisor", "admin"
}

// Frame is what is around a page.
type Frame struct {
	Viewer Viewer
	// Path is where the page is, which is not where a form was sent that it
	// answers; "" where it is nowhere, as one that says what failed.
	Path string
	// Sent is what became of the form that the page answers or follows: "taken" or
	// "refused"; "" where there is none.
	Sent string
	// Receipt is the number that the form came with; "" if it had none.
	Receipt string
	// Notice is what came of the last thing that was done, by a key of
	// messages/notice without its "notice."; what is none is not said.
	Notice string
}

// Guides says whether the viewer works with cases of their own.
func (f Frame) Guides() bool { return f.Viewer.Role == "guider" }

// Admin says whether the viewer looks after the service.
func (f Frame) Admin() bool { return f.Viewer.Role == "admin" }

// SignedIn says whether it is known who looks.
func (f Frame) SignedIn() bool { return f.Viewer.Role != "" }
