package accuracy

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"attune/internal/vig"
)

// Label is what was seen by eye of one person at one time of a real film: a
// line of testdata/labels, whose README says how they were made.
type Label struct {
	Time   time.Duration
	Person string // a letter
	Box    vig.Box
	Seen   bool        // the face is to be seen, half of it or more
	Yaw    vig.Reading // degrees, in steps of 15
	Smile  vig.Reading // 1 yes, 0 no, not seen where unsure
	Facing []string    // letters of whom the face is turned to; none for a thing, the camera or somebody off-picture
	Told   bool        // Facing could be told
}

// labelFields is how many fields a line has.
const labelFields = 11

// ReadLabels reads the labels of one film in order of time. It fails with
// vig.CodeInvalid, naming the line.
func ReadLabels(r io.Reader) ([]Label, error) {
	var labels []Label
	scanner := bufio.NewScanner(r)
	for n := 1; scanner.Scan(); n++ {
		line := scanner.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		l, err := parseLabel(strings.Split(line, "\t"))
		if err != nil {
			return nil, vig.Errorf(vig.CodeInvalid, "read labels", "line %d: %w", n, err)
		}
		labels = append(labels, l)
	}
	return labels, scanner.Err()
}

func parseLabel(fields []string) (Label, error) {
	if len(fields) != labelFields {
		return Label{}, fmt.Errorf("%d fields, want %d", len(fields), labelFields)
	}
	var numbers []float64
	for _, field := range slices.Concat(fields[:1], fields[2:6]) {
		v, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return Label{}, err
		}
		numbers = append(numbers, v)
	}
	l := Label{
		Time:   time.Duration(numbers[0] * float64(time.Second)),
		Person: fields[1],
		Box:    vig.Box{X: numbers[1], Y: numbers[2], W: numbers[3], H: numbers[4]},
		Seen:   fields[6] == "seen",
		Told:   fields[10] != "?",
	}
	if fields[7] != "?" {
		yaw, err := strconv.ParseFloat(fields[7], 64)
		if err != nil {
			return Label{}, err
		}
		l.Yaw = vig.Read(yaw)
	}
	switch fields[9] {
	case "yes":
		l.Smile = vig.Read(1)
	case "no":
		l.Smile = vig.Read(0)
	}
	if f := fields[10]; f != "?" && f != "-" && f != "cam" {
		l.Facing = strings.Split(f, "")
	}
	return l, nil
}
