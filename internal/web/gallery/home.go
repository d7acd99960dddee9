package gallery

import "attune/internal/web/page"

var _ = add("home", guider,
	State{Name: "no case yet", Model: page.Home{}},
	State{Name: "some cases", Model: page.Home{Cases: []page.HomeCase{{ID: "gallery-1", Code: "V-17"}}}},
	State{Name: "long names", Model: page.Home{Cases: []page.HomeCase{{ID: "gallery-1", Code: longCode}, {ID: "gallery-2", Code: longWord}}}},
)
