package browsertest

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// axeFile is axe-core as npm installs it, from the top of the project.
const axeFile = "internal/web/page/assets/node_modules/axe-core/axe.min.js"

// axe is the text of axe-core; "" where it is not installed.
var axe = sync.OnceValues(func() (string, error) {
	dir, err := os.Getwd() // a test runs in the folder of its package
	for err == nil {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			text, err := os.ReadFile(filepath.Join(dir, axeFile))
			return string(text), err
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", os.ErrNotExist
		}
		dir = up
	}
	return "", err
})

// Axe fails the test for everything on the page that breaks WCAG 2.2 at level
// AA, as far as axe-core can tell, or good practice. Without axe-core it skips
// the test: 'make build' installs it.
func (tab *Tab) Axe(page string) {
	tab.t.Helper()
	tab.axe(page, `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]`)
}

// AxeContrast is Axe for contrast alone: for a page that was looked at, in other
// colours.
func (tab *Tab) AxeContrast(page string) {
	tab.t.Helper()
	tab.axe(page, `{type: "rule", values: ["color-contrast"]}`)
}

func (tab *Tab) axe(page, only string) {
	tab.t.Helper()
	text, err := axe()
	if err != nil {
		tab.t.Skip("needs axe-core, which 'make build' installs: ", err)
	}
	if !Eval[bool](tab, "Boolean(window.axe)") {
		// Of what has data-equivalent the page has another control, of a size to hit.
		Eval[bool](tab, text+"\n;axe.configure({rules: [{id: 'target-size', selector: '*:not([data-equivalent])'}]}); true")
	}
	found := Eval[[]struct {
		ID     string   `json:"id"`
		Help   string   `json:"help"`
		Places []string `json:"places"`
	}](tab, `axe.run(document, {runOnly: `+only+`, resultTypes: ["violations"]})
		.then(all => all.violations.map(v => ({id: v.id, help: v.help,
			places: v.nodes.map(n => n.target.join(" ") + " " + n.html.slice(0, 200) + " " + n.failureSummary)})))`)
	for _, v := range found {
		tab.t.Errorf("%s: %s (%s) at\n\t%s", page, v.Help, v.ID, strings.Join(v.Places, "\n\t"))
	}
}
