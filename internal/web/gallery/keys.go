package gallery

import "attune/internal/web/page"

var _ = add("keys", guider, State{Name: "all", Model: page.Keys{}})
