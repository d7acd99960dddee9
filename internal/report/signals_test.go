package report

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"attune/internal/vig"
)

func TestSignals(t *testing.T) {
	t.Parallel()
	points := func(at float64, value vig.Reading) vig.Point { return vig.Point{Time: duration(at), Value: value} }
	var out bytes.Buffer
	err := WriteSignals(&out, Signals{
		Duration: at(10),
		People:   found().People,
		Signals: []vig.Signal{
			{Name: "facing", People: []vig.PersonID{"p1", "p2"}, Points: []vig.Point{
				points(0, vig.Read(0)), points(2.5004, vig.Read(1)), points(4, vig.Reading{}), points(9, vig.Read(1)),
			}},
			{Name: "smile", People: []vig.PersonID{"p2"}, Points: []vig.Point{
				points(0, vig.Read(0.501)), points(1, vig.Read(0.503)), points(2, vig.Read(0.506)),
			}},
			{Name: "voice"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"format":"attune.signals/1","duration_s":10,` +
		`"people":[{"id":"p1","role":"adult","coverage":0.93,"label":"adult"},{"id":"p2","role":"child","coverage":0.8,"label":"child"}],` +
		`"lanes":[{"name":"facing","people":["p1","p2"],"label":"Adult to child: facing","coverage":0.5,"points":[[0,0],[2.5,1],[4,null],[9,1]]},` +
		`{"name":"smile","people":["p2"],"label":"Child: smile","coverage":1,"points":[[0,0.5],[2,0.51]]},` +
		`{"name":"voice","people":[],"label":"Voice","coverage":0,"points":[]}]}` + "\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("signals.json (-want +got):\n%s", diff)
	}
	if !json.Valid(out.Bytes()) {
		t.Error("it is no JSON")
	}
}
