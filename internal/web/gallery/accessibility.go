package gallery

import "attune/internal/web/page"

var _ = add("accessibility", guider,
	State{Name: "statement", Model: page.Accessibility{}},
)

var _ = add("accessibility", nobody,
	State{Name: "signed out", Model: page.Accessibility{}},
)
