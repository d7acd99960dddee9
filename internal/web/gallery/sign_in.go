package gallery

import (
	"net/http"
	"time"

	"attune/internal/web/page"
)

var _ = add("sign_in", nobody,
	State{Name: "empty", Model: page.SignIn{Next: "/"}},
	State{Name: "not right", Status: http.StatusUnprocessableEntity, Model: page.SignIn{Name: "anna", Next: "/", Problem: "wrong"}},
	State{Name: "too often", Status: http.StatusTooManyRequests, Model: page.SignIn{Name: longWord, Problem: "wait", Minutes: 3}},
	State{Name: "with a provider", Model: page.SignIn{Provider: "the county's account"}},
	State{Name: "unknown elsewhere", Status: http.StatusForbidden, Model: page.SignIn{Provider: "the county's account", Problem: "unknown"}},
)

var _ = add("welcome", nobody,
	State{Name: "first account", Model: page.Welcome{Secret: "gallery", Name: "guider", Choose: true}},
	State{Name: "invited", Model: page.Welcome{Secret: "gallery", Name: "anna", Provider: "the county's account"}},
	State{Name: "password too short", Status: http.StatusUnprocessableEntity, Model: page.Welcome{Secret: "gallery", Name: longCode, Problem: "short"}},
	State{Name: "link used", Status: http.StatusNotFound, Model: page.Welcome{Problem: "gone"}},
)

var _ = add("account", guider,
	State{Name: "usual", Model: page.Account{Name: "Anna Guider", Role: "guider", HasPassword: true, Sessions: 2, Tokens: []page.AccountToken{
		{ID: "gallery-1", Label: "made at the first start", Created: galleryDay},
		{ID: "gallery-2", Label: longWord, Created: galleryDay}, {ID: "gallery-3", Created: galleryDay},
	}}},
	State{Name: "token made", Model: page.Account{Name: "Anna Guider", Role: "guider", HasPassword: true, Sessions: 1, //nolint:gosec // opens nothing
		Token: "attune_Z2FsbGVyeS1nYWxsZXJ5LWdhbGxlcnktZ2FsbGVyeQ"}},
	State{Name: "many tokens", Model: page.Account{Name: "Anna Guider", Role: "guider", HasPassword: true, Sessions: 2, Place: "?page=2",
		Tokens: []page.AccountToken{{ID: "gallery-1", Label: "office", Created: galleryDay}, {ID: "gallery-2", Label: longWord, Created: galleryDay}},
		Pages:  page.Pages{From: 51, To: 52, Of: 52, Number: 2, Last: 2, Previous: "/account"}}},
	State{Name: "password not right", Status: http.StatusUnprocessableEntity, Model: page.Account{
		Name: "Anna Guider", Role: "guider", HasPassword: true, Sessions: 1, Problem: "wrong"}},
	State{Name: "no token without the password", Status: http.StatusUnprocessableEntity, Model: page.Account{
		Name: "Anna Guider", Role: "guider", HasPassword: true, Sessions: 1, TokenProblem: "wrong", Label: "office"}},
	State{Name: "password changed", Model: page.Account{Name: "Anna Guider", Role: "guider", HasPassword: true, Sessions: 1, Done: "password"}},
	State{Name: "elsewhere", Viewer: admin, Model: page.Account{Name: "Alex Admin", Role: "admin", Elsewhere: true, Provider: "the county's account", Sessions: 1}},
)

var _ = add("accounts", admin,
	State{Name: "usual", Model: page.Accounts{All: galleryAccounts}},
	State{Name: "page in the middle", Model: page.Accounts{All: galleryAccounts, Place: "?find=a&page=2", Find: &page.Find{Path: "/admin/accounts", What: "account", Text: "a", All: "/admin/accounts"},
		Pages: page.Pages{From: 51, To: 55, Of: 212, Number: 2, Last: 5, Previous: "/admin/accounts?find=a", Next: "/admin/accounts?find=a&page=3"}}},
	State{Name: "nothing found", Model: page.Accounts{Find: &page.Find{Path: "/admin/accounts", What: "account", Text: longWord, All: "/admin/accounts"}}},
	State{Name: "link made", Model: page.Accounts{All: galleryAccounts, Of: "anna",
		Link: "https://attune.example/welcome/Z2FsbGVyeS1nYWxsZXJ5LWdhbGxlcnktZ2FsbGVyeQ", Expires: galleryDay}},
	State{Name: "disabled somebody", Model: page.Accounts{All: galleryAccounts, Done: "disable", Of: longWord}},
	State{Name: "name taken", Status: http.StatusUnprocessableEntity, Model: page.Accounts{All: galleryAccounts, Problem: "taken", Name: "anna"}},
)

var galleryDay = time.Date(2026, time.May, 3, 10, 30, 0, 0, time.UTC)

var galleryAccounts = []page.AccountsRow{
	{ID: "gallery-1", Name: "guider", Role: "guider", State: "tokens", Created: galleryDay},
	{ID: "gallery-2", Name: "Alex Admin", Role: "admin", State: "active", Created: galleryDay, Self: true},
	{ID: "gallery-3", Name: "anna", Role: "guider", State: "invited", Created: galleryDay},
	{ID: "gallery-4", Name: longWord, Role: "supervisor", State: "disabled", Created: galleryDay},
	{ID: "gallery-5", Name: "sam@county.example", Role: "supervisor", State: "elsewhere", Created: galleryDay},
}
