package export

import (
	"encoding/csv"
	"strings"
	"testing"
)

// checkCSV reads a table as RFC 4180 has it, without leniency, and returns its
// lines. No cell may begin what a spreadsheet takes for a formula.
func checkCSV(t testing.TB, text string, lines int) [][]string {
	t.Helper()
	body, marked := strings.CutPrefix(text, byteOrderMark)
	if !marked || !strings.HasSuffix(body, "\r\n") {
		t.Fatalf("the head or the end: %q", text)
	}
	read := csv.NewReader(strings.NewReader(body))
	read.FieldsPerRecord = len(csvHeader)
	all, err := read.ReadAll()
	if err != nil || len(all) != lines {
		t.Fatalf("%d lines, %v: %q", len(all), err, text)
	}
	for _, line := range all {
		for _, cell := range line {
			if cell = strings.TrimLeft(cell, " \u00a0"); cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("a formula: %q", cell)
			}
		}
	}
	return all
}

func TestCSV(t *testing.T) {
	t.Parallel()
	lines := checkCSV(t, written(t, CSV, version()), 3)
	if got := strings.Join(lines[2][:9], "|"); got != "2|kept|2.000|9.000|7.000|00:00:02.000|00:00:09.000|18.040|25.040" {
		t.Errorf("the second clip is %s", got)
	}
	lines = checkCSV(t, written(t, CSV, sample()), 5)
	if lines[1][12] != "'"+sample().Clips[0].Note {
		t.Errorf("the note is %q", lines[1][12])
	}
	if lines[3][0] != "" || lines[3][7] != "" || lines[3][1] != "suggested" {
		t.Errorf("a suggestion is %q", lines[3])
	}
	for text, want := range map[string]string{
		"=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", " =1": "' =1", "\t=1": "'\t=1", "\r\n=1": "'\n=1", "＝1": "'＝1",
		"a=1": "a=1", "": "", " ": " ", "\xff": "\ufffd",
	} {
		if got := harmless(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
