//go:build !gallery

package web

// galleryRoutes are none: the gallery is for those who build Attune.
func (*Web) galleryRoutes() []route { return nil }
