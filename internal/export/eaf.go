package export

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"attune/internal/vig"
)

// The elements of an ELAN annotation document, in the order and with the
// attributes that its schema (EAF 3.0, www.mpi.nl/tools/elan/EAFv3.0.xsd) wants.
type (
	eafDocument struct {
		XMLName xml.Name   `xml:"ANNOTATION_DOCUMENT"`
		XSI     string     `xml:"xmlns:xsi,attr"`
		Schema  string     `xml:"xsi:noNamespaceSchemaLocation,attr"`
		Author  string     `xml:"AUTHOR,attr"`
		Date    string     `xml:"DATE,attr"`
		Format  string     `xml:"FORMAT,attr"`
		Version string     `xml:"VERSION,attr"`
		Header  eafHeader  `xml:"HEADER"`
		Slots   []eafSlot  `xml:"TIME_ORDER>TIME_SLOT"`
		Tiers   []eafTier  `xml:"TIER"`
		Types   []eafTyped `xml:"LINGUISTIC_TYPE"`
	}
	eafHeader struct {
		MediaFile  string        `xml:"MEDIA_FILE,attr"`
		Units      string        `xml:"TIME_UNITS,attr"`
		Media      eafMedia      `xml:"MEDIA_DESCRIPTOR"`
		Properties []eafProperty `xml:"PROPERTY"`
	}
	eafMedia struct {
		URL      string `xml:"MEDIA_URL,attr"`
		Relative string `xml:"RELATIVE_MEDIA_URL,attr"`
		Kind     string `xml:"MIME_TYPE,attr"`
	}
	eafProperty struct {
		Name  string `xml:"NAME,attr"`
		Value string `xml:",chardata"`
	}
	eafSlot struct {
		ID    string `xml:"TIME_SLOT_ID,attr"`
		Value int64  `xml:"TIME_VALUE,attr"` // milliseconds
	}
	eafTier struct {
		Type        string          `xml:"LINGUISTIC_TYPE_REF,attr"`
		ID          string          `xml:"TIER_ID,attr"`
		Annotations []eafAnnotation `xml:"ANNOTATION"`
	}
	eafAnnotation struct {
		Aligned eafAligned `xml:"ALIGNABLE_ANNOTATION"`
	}
	eafAligned struct {
		ID    string `xml:"ANNOTATION_ID,attr"`
		From  string `xml:"TIME_SLOT_REF1,attr"`
		To    string `xml:"TIME_SLOT_REF2,attr"`
		Value string `xml:"ANNOTATION_VALUE"`
	}
	eafTyped struct {
		Graphic   bool   `xml:"GRAPHIC_REFERENCES,attr"`
		ID        string `xml:"LINGUISTIC_TYPE_ID,attr"`
		Alignable bool   `xml:"TIME_ALIGNABLE,attr"`
	}
)

// The kinds of tiers.
const (
	eafClips    = "clip"
	eafNotes    = "note"
	eafEvidence = "evidence"
)

// EAF writes all clips, their principles, goals and notes, and the evidence of
// the moments as an annotation document of ELAN, on the time of the film. The
// film is named by its file alone: ELAN looks for it beside the document.
//
// Annotations of one tier must not overlap, so a tier whose spans do goes on in
// a second one.
func EAF(w io.Writer, cut Cut) error {
	doc := eafDocument{
		XSI: "http://www.w3.org/2001/XMLSchema-instance", Schema: "http://www.mpi.nl/tools/elan/EAFv3.0.xsd",
		Author: "Attune", Date: cut.Made.UTC().Format(time.RFC3339), Format: "3.0", Version: "3.0",
		Header: eafHeader{Units: "milliseconds", Media: mediaOf(cut.Film)},
	}
	for _, kind := range []string{eafClips, eafNotes, eafEvidence} {
		doc.Types = append(doc.Types, eafTyped{ID: kind, Alignable: true})
	}
	l := lanes{}
	for _, clip := range cut.Clips {
		name, text := "Kept clips", fmt.Sprintf("Clip %d", clip.Place)
		switch {
		case clip.Place == 0 && clip.State == "set aside":
			name, text = "Set aside", clip.Moment
		case clip.Place == 0:
			name, text = "Suggested moments", clip.Moment
		}
		l.add(name, eafClips, clip.Span, text)
		l.add("Principles", eafNotes, clip.Span, clip.principles())
		l.add("Goals", eafNotes, clip.Span, clip.Goal)
		l.add("Notes", eafNotes, clip.Span, clip.Note)
	}
	for _, e := range cut.Evidence {
		l.add("Evidence: "+strings.ReplaceAll(string(e.Cue), "_", " "), eafEvidence, e.Span, e.Text)
	}
	doc.fill(l)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	out := xml.NewEncoder(w)
	out.Indent("", "    ")
	if err := out.Encode(doc); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// mediaOf names the film by its file. ELAN writes such addresses as they are,
// without escapes, and so reads them.
func mediaOf(film Film) eafMedia {
	name := film.Name[strings.LastIndexAny(film.Name, `/\`)+1:]
	return eafMedia{URL: name, Relative: "./" + name, Kind: film.Kind}
}

// lanes are tiers in the making: annotations that do not overlap.
type lanes []lane

type lane struct {
	name, kind string
	number     int // of the lanes of that name, from 1
	spans      []note
}

type note struct {
	from, to int64 // milliseconds
	text     string
}

// add puts an annotation into the first lane of that name where there is room
// for it; without a text there is none to put.
func (l *lanes) add(name, kind string, span vig.Span, text string) {
	if text == "" && kind != eafClips {
		return
	}
	n := note{from: span.Start.Round(time.Millisecond).Milliseconds(), to: span.End.Round(time.Millisecond).Milliseconds(), text: text}
	n.to = max(n.to, n.from+1) // ELAN wants every annotation to last
	number := 1
	for i := range *l {
		if (*l)[i].name != name {
			continue
		}
		if !slices.ContainsFunc((*l)[i].spans, func(o note) bool { return n.from < o.to && o.from < n.to }) {
			(*l)[i].spans = append((*l)[i].spans, n)
			return
		}
		number++
	}
	*l = append(*l, lane{name: name, kind: kind, number: number, spans: []note{n}})
}

// fill writes the lanes as tiers, with the slots of time that they need.
func (d *eafDocument) fill(l lanes) {
	var times []int64
	for _, lane := range l {
		for _, n := range lane.spans {
			times = append(times, n.from, n.to)
		}
	}
	slices.Sort(times)
	times = slices.Compact(times)
	slot := func(at int64) string {
		i, _ := slices.BinarySearch(times, at)
		return fmt.Sprintf("ts%d", i+1)
	}
	for _, at := range times {
		d.Slots = append(d.Slots, eafSlot{ID: slot(at), Value: at})
	}
	annotations := 0
	for _, lane := range l {
		tier := eafTier{Type: lane.kind, ID: lane.name}
		if lane.number > 1 {
			tier.ID = fmt.Sprintf("%s (%d)", lane.name, lane.number)
		}
		slices.SortFunc(lane.spans, func(a, b note) int { return int(a.from - b.from) })
		for _, n := range lane.spans {
			annotations++
			tier.Annotations = append(tier.Annotations, eafAnnotation{eafAligned{
				ID: fmt.Sprintf("a%d", annotations), From: slot(n.from), To: slot(n.to), Value: n.text,
			}})
		}
		d.Tiers = append(d.Tiers, tier)
	}
	d.Header.Properties = []eafProperty{{"lastUsedAnnotationId", fmt.Sprint(annotations)}}
}
