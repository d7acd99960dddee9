package export

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// node is an element of any document.
type node struct {
	name  string
	attrs map[string]string
	inner []*node
	text  string
}

func parse(t testing.TB, text string) *node {
	t.Helper()
	read := xml.NewDecoder(strings.NewReader(text))
	at := []*node{{}}
	for {
		token, err := read.Token()
		if errors.Is(err, io.EOF) {
			return at[0].inner[0]
		}
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		switch token := token.(type) {
		case xml.StartElement:
			n := &node{name: token.Name.Local, attrs: map[string]string{}}
			for _, a := range token.Attr {
				n.attrs[a.Name.Local] = a.Value
			}
			last := at[len(at)-1]
			last.inner = append(last.inner, n)
			at = append(at, n)
		case xml.EndElement:
			at = at[:len(at)-1]
		case xml.CharData:
			at[len(at)-1].text += string(token)
		}
	}
}

// eafRule is what the schema EAFv3.0.xsd says of an element: what may be in it,
// in that order, and its attributes.
type eafRule struct {
	inner              string // a pattern over the names of what is in it, each followed by a blank
	required, optional []string
}

// The part of the schema that is used here, as www.mpi.nl/tools/elan/EAFv3.0.xsd
// has it.
var eafRules = map[string]eafRule{
	"ANNOTATION_DOCUMENT": {`^(LICENSE )*HEADER TIME_ORDER (TIER )*(LINGUISTIC_TYPE )*(LOCALE )*(LANGUAGE )*(CONSTRAINT )*(CONTROLLED_VOCABULARY )*(LEXICON_REF )*(REF_LINK_SET )*(EXTERNAL_REF )*$`,
		[]string{"AUTHOR", "DATE", "VERSION"}, []string{"FORMAT", "xsi", "noNamespaceSchemaLocation"}},
	"HEADER":               {`^(MEDIA_DESCRIPTOR )*(LINKED_FILE_DESCRIPTOR )*(PROPERTY )*$`, nil, []string{"MEDIA_FILE", "TIME_UNITS"}},
	"MEDIA_DESCRIPTOR":     {`^$`, []string{"MEDIA_URL", "MIME_TYPE"}, []string{"RELATIVE_MEDIA_URL", "TIME_ORIGIN", "EXTRACTED_FROM"}},
	"PROPERTY":             {`^$`, nil, []string{"NAME"}},
	"TIME_ORDER":           {`^(TIME_SLOT )*$`, nil, nil},
	"TIME_SLOT":            {`^$`, []string{"TIME_SLOT_ID"}, []string{"TIME_VALUE"}},
	"TIER":                 {`^(ANNOTATION )*$`, []string{"TIER_ID", "LINGUISTIC_TYPE_REF"}, []string{"PARTICIPANT", "ANNOTATOR", "DEFAULT_LOCALE", "PARENT_REF", "EXT_REF", "LANG_REF"}},
	"ANNOTATION":           {`^(ALIGNABLE_ANNOTATION|REF_ANNOTATION) $`, nil, nil},
	"ALIGNABLE_ANNOTATION": {`^ANNOTATION_VALUE $`, []string{"ANNOTATION_ID", "TIME_SLOT_REF1", "TIME_SLOT_REF2"}, []string{"EXT_REF", "LANG_REF", "CVE_REF", "SVG_REF"}},
	"ANNOTATION_VALUE":     {`^$`, nil, nil},
	"LINGUISTIC_TYPE":      {`^$`, []string{"LINGUISTIC_TYPE_ID"}, []string{"TIME_ALIGNABLE", "CONSTRAINTS", "GRAPHIC_REFERENCES", "CONTROLLED_VOCABULARY_REF", "EXT_REF", "LEXICON_REF"}},
}

// xmlID is the form of xsd:ID.
var xmlID = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9._-]*$`)

func (n *node) conforms(t testing.TB) {
	t.Helper()
	rule, known := eafRules[n.name]
	if !known {
		t.Errorf("the schema has no %s here", n.name)
	}
	names := ""
	for _, inner := range n.inner {
		names += inner.name + " "
		inner.conforms(t)
	}
	if !regexp.MustCompile(rule.inner).MatchString(names) {
		t.Errorf("in %s are %s", n.name, names)
	}
	for _, name := range rule.required {
		if _, there := n.attrs[name]; !there {
			t.Errorf("%s lacks %s", n.name, name)
		}
	}
	for name := range n.attrs {
		if !slices.Contains(rule.required, name) && !slices.Contains(rule.optional, name) {
			t.Errorf("%s has %s", n.name, name)
		}
	}
}

// all returns the elements of a name, in the order of the document.
func (n *node) all(name string) []*node {
	var found []*node
	if n.name == name {
		found = append(found, n)
	}
	for _, inner := range n.inner {
		found = append(found, inner.all(name)...)
	}
	return found
}

// checkEAF holds a document against the schema, and against what ELAN wants
// beyond it: slots in the order of time, and no overlap within a tier. It
// returns the tiers.
func checkEAF(t testing.TB, text string) map[string][]string {
	t.Helper()
	doc := parse(t, text)
	doc.conforms(t)
	if doc.name != "ANNOTATION_DOCUMENT" || doc.attrs["FORMAT"] != "3.0" || doc.attrs["VERSION"] != "3.0" {
		t.Errorf("it is a %s of format %s", doc.name, doc.attrs["FORMAT"])
	}
	if _, err := time.Parse(time.RFC3339, doc.attrs["DATE"]); err != nil {
		t.Error(err)
	}
	ids := map[string]bool{}
	unique := func(id string) {
		if ids[id] || !xmlID.MatchString(id) {
			t.Errorf("%q is there twice, or no id", id)
		}
		ids[id] = true
	}
	slots, last := map[string]int64{}, int64(-1)
	for _, slot := range doc.all("TIME_SLOT") {
		at, err := strconv.ParseUint(slot.attrs["TIME_VALUE"], 10, 32) // xsd:unsignedInt
		if err != nil || int64(at) <= last {
			t.Errorf("slot %v after %d: %v", slot.attrs, last, err)
		}
		last = int64(at)
		slots[slot.attrs["TIME_SLOT_ID"]] = last
		unique(slot.attrs["TIME_SLOT_ID"])
	}
	types := map[string]bool{}
	for _, kind := range doc.all("LINGUISTIC_TYPE") {
		if types[kind.attrs["LINGUISTIC_TYPE_ID"]] || kind.attrs["TIME_ALIGNABLE"] != "true" {
			t.Errorf("type %v", kind.attrs)
		}
		types[kind.attrs["LINGUISTIC_TYPE_ID"]] = true
	}
	tiers := map[string][]string{}
	for _, tier := range doc.all("TIER") {
		id := tier.attrs["TIER_ID"]
		if _, twice := tiers[id]; twice || !types[tier.attrs["LINGUISTIC_TYPE_REF"]] {
			t.Errorf("tier %v", tier.attrs)
		}
		tiers[id] = []string{}
		end := int64(0)
		for _, a := range tier.all("ALIGNABLE_ANNOTATION") {
			unique(a.attrs["ANNOTATION_ID"])
			from, known := slots[a.attrs["TIME_SLOT_REF1"]]
			to, known2 := slots[a.attrs["TIME_SLOT_REF2"]]
			if !known || !known2 || from < end || to <= from {
				t.Errorf("in tier %q, %v is from %d to %d, after %d", id, a.attrs, from, to, end)
			}
			end = to
			tiers[id] = append(tiers[id], a.inner[0].text)
		}
	}
	media := doc.all("MEDIA_DESCRIPTOR")
	if len(media) != 1 || strings.ContainsAny(media[0].attrs["MEDIA_URL"], `/\`) || media[0].attrs["RELATIVE_MEDIA_URL"] != "./"+media[0].attrs["MEDIA_URL"] {
		t.Errorf("the film is %v", media[0].attrs)
	}
	return tiers
}

func TestEAF(t *testing.T) {
	t.Parallel()
	tiers := checkEAF(t, written(t, EAF, sample()))
	for name, want := range map[string][]string{
		"Kept clips": {"Clip 2", "Clip 1"}, "Suggested moments": {"m1"}, "Set aside": {"m3"},
		"Principles": {"receiving initiatives; developing attuned interactions"}, "Goals": {"more calm at meals"},
		"Notes":                       {sample().Clips[1].Note, sample().Clips[0].Note},
		"Notes (2)":                   {sample().Clips[2].Note},
		"Evidence: mutual facing":     {"both turned to each other"},
		"Evidence: mutual facing (2)": {"both turned to each other again"},
		"Evidence: smile":             {"child smiles"},
	} {
		if !slices.Equal(tiers[name], want) {
			t.Errorf("tier %q has %q, want %q", name, tiers[name], want)
		}
		delete(tiers, name)
	}
	if len(tiers) > 0 {
		t.Errorf("further tiers: %v", tiers)
	}
	empty := Cut{Film: Film{Name: "visit.mp4"}}
	checkEAF(t, written(t, EAF, empty))
	hostile := sample()
	hostile.Film.Name = `..\..\secret/a:b c.mp4`
	checkEAF(t, written(t, EAF, hostile))
}
