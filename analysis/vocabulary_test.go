package analysis

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"attune/internal/vig"
)

// What no sentence may hold: feelings, judgements, lacks, scores, claims about
// what somebody is like or thinks.
var banned = regexp.MustCompile(`(?i)\b(` + strings.Join([]string{
	`happ\w*`, `sad\w*`, `ang(er|ry)\w*`, `afraid`, `fear\w*`, `joy\w*`, `delight\w*`, `enjoy\w*`, `love\w*`, `loving`,
	`affection\w*`, `warm\w*`, `bored\w*`, `upset`, `anxi\w*`, `stress\w*`, `distress\w*`, `emotion\w*`, `feel\w*`,
	`mood\w*`, `calm\w*`, `content`, `surpris\w*`, `disgust\w*`, `proud\w*`, `shy\w*`, `comfort\w*`,
	`good`, `bad`, `well`, `poor\w*`, `better`, `worse`, `best`, `worst`, `great`, `nice\w*`, `success\w*`, `fail\w*`,
	`wrong\w*`, `correct\w*`, `lack\w*`, `miss(es|ed|ing)`, `ignor\w*`, `deficit\w*`, `problem\w*`, `weak\w*`,
	`insensitiv\w*`, `sensitiv\w*`, `neglect\w*`, `reject\w*`, `negativ\w*`, `positiv\w*`, `abnormal\w*`, `normal\w*`,
	`disorder\w*`, `autis\w*`, `delay\w*`, `attach\w*`, `bond\w*`, `score\w*`, `rating\w*`, `quality`, `level\w*`,
	`percentile\w*`, `probab\w*`, `confiden\w*`, `interest\w*`, `engag\w*`, `attenti\w*`, `want\w*`, `try`, `tries`,
	`think\w*`, `know\w*`, `understand\w*`, `mother\w*`, `father\w*`, `mum`, `dad`, `boy`, `girl`, `he`, `she`, `his`, `her`,
	`user\w*`, `subject\w*`, `video\w*`, `highlight\w*`,
}, "|") + `)\b`)

type tester interface {
	Helper()
	Errorf(format string, args ...any)
}

func checkWords(t tester, sentence string) {
	t.Helper()
	if word := banned.FindString(sentence); word != "" {
		t.Errorf("%q in %q", word, sentence)
	}
}

// spoken are the words that sentences and notes are made of, numbers aside. A new
// word is a decision.
var spoken = strings.Fields(`
	a about above adult adult's after agree alone and answer answered anybody are at be began both by can child
	child's comes could does during each enough eyes face faces fall film follow for found has head heard in is it left
	listen long looked makes more most movement movements never no noise not nothing of on one only or other
	other's people person picture right rise s said same seen signs silent smile smiles sound sounds still tell
	that the their then there they time to together told turn turned turns two voice voices was were when who
	whose with
`)

// everySentence returns all that the code can say: each template with each of
// the people as the one who acts, under each name they can have, and each word
// and number in each of its places.
func everySentence(t *testing.T) []string {
	t.Helper()
	var all []string
	words := []string{"0.3 s", "12 s", byHead, byEyes}
	for _, w := range actWords {
		words = append(words, w)
	}
	var fill func(text string, values []string) []string
	fill = func(text string, values []string) []string {
		i := strings.IndexByte(text, '%')
		if i < 0 {
			return []string{text}
		}
		var out []string
		switch text[i+1] {
		case 'd':
			return fill(text[:i]+"7"+text[i+2:], values)
		case 's':
			for _, v := range values {
				out = append(out, fill(text[:i]+v+text[i+2:], values)...)
			}
		case '%':
			for _, rest := range fill(text[i+2:], values) {
				out = append(out, text[:i]+"percent"+rest)
			}
		default:
			t.Fatalf("what is %q?", text)
		}
		return out
	}
	at := func(x float64, r vig.Role) *person {
		return &person{role: r, face: []int{0}, place: []vig.Box{{X: x, W: 0.1, H: 0.1}}}
	}
	var articles []string
	for _, two := range [][2]*person{
		{at(0.2, vig.RoleAdult), at(0.6, vig.RoleChild)}, {at(0.2, vig.RoleChild), at(0.6, vig.RoleAdult)},
		{at(0.2, vig.RoleUnknown), at(0.6, vig.RoleUnknown)}, {at(0.6, vig.RoleUnknown), at(0.2, vig.RoleUnknown)},
	} {
		m := &meeting{two: two}
		articles = append(articles, m.article(0), m.article(1))
		for _, template := range sentences {
			for _, text := range fill(template, words) {
				for who := range 2 {
					all = append(all, m.sentence(who, text))
				}
				if !strings.Contains(template, "{") {
					all = append(all, m.sentence(-1, text))
				}
			}
		}
	}
	for _, template := range notes {
		all = append(all, fill(template, articles)...)
	}
	return all
}

func TestEverySentenceNamesMovementsOnly(t *testing.T) {
	t.Parallel()
	all := everySentence(t)
	if len(all) < 500 {
		t.Errorf("only %d sentences", len(all))
	}
	used := map[string]bool{}
	for _, s := range all {
		checkWords(t, s)
		if !strings.HasSuffix(s, ".") || strings.ContainsAny(s, "{}%") || s[:1] != strings.ToUpper(s[:1]) {
			t.Errorf("not a sentence: %q", s)
		}
		for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune(" .,;:", r) }) {
			used[w] = true
			if _, err := strconv.ParseFloat(w, 64); err != nil && w != "percent" && !slices.Contains(spoken, w) {
				t.Errorf("the word %q is new: %q", w, s)
			}
		}
	}
	for _, w := range spoken {
		if !used[w] {
			t.Errorf("the word %q is in no sentence", w)
		}
	}
	for _, s := range []string{"Adult looks happy.", "Child ignored the adult.", "Score: 7."} {
		if !banned.MatchString(s) {
			t.Errorf("the list lets %q pass", s)
		}
	}
}

// What is said is said by the constants that are tested: each is in its list,
// and nothing else is handed to those who say it.
func TestNothingElseIsSaid(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	listed, constants, said := slices.Concat(sentences, notes), 0, 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, id := range n.Names {
					if !template.MatchString(id.Name) || i >= len(n.Values) {
						continue
					}
					if text, ok := n.Values[i].(*ast.BasicLit); ok && text.Kind == token.STRING {
						constants++
						if v, err := strconv.Unquote(text.Value); err != nil || !slices.Contains(listed, v) {
							t.Errorf("%s: %s is in no list", name, id.Name)
						}
					}
				}
			case *ast.CallExpr:
				which := -1
				switch f := n.Fun.(type) {
				case *ast.Ident:
					if f.Name == "say" {
						which = 3
					}
				case *ast.SelectorExpr:
					if f.Sel.Name == "note" {
						which = 0
					}
				}
				if which < 0 || which >= len(n.Args) {
					return true
				}
				said++
				if id, ok := n.Args[which].(*ast.Ident); !ok || !template.MatchString(id.Name) {
					t.Errorf("%s: something is said that is no constant of its own", name)
				}
			}
			return true
		})
	}
	if constants != len(listed) || said < 20 {
		t.Errorf("%d constants and %d calls found, for lists of %d", constants, said, len(listed))
	}
}

// template is how constants that are said are called.
var template = regexp.MustCompile(`^(say|note)[A-Z]`)
