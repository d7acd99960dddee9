package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"attune/internal/vig"
)

func TestFrames(t *testing.T) {
	t.Parallel()
	index := vig.NewFrameIndex(1, 12800, []int64{0, 512, 1024, 1600, 2112, 2624})
	index.Start = at(0.3)
	var out bytes.Buffer
	if err := WriteFrames(&out, index); err != nil {
		t.Fatal(err)
	}
	want := `{"format":"attune.frames/1","frames":6,"time_base":[1,12800],"runs":[[2,512],[1,576],[2,512]],"start_s":{"original":0.3,"viewing_copy":0}}` + "\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("frames.json (-want +got):\n%s", diff)
	}
	got, err := ReadFrames(&out)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(index, got); diff != "" {
		t.Errorf("what was read (-want +got):\n%s", diff)
	}
	for _, broken := range []string{
		"", "{", `{"format":"attune.frames/2"}`,
		strings.Replace(want, `"frames":6`, `"frames":5`, 1), strings.Replace(want, "[1,12800]", "[1,0]", 1),
		strings.Replace(want, "[1,576]", "[1,-576]", 1), strings.Replace(want, "[1,576]", "[-1,576]", 1),
	} {
		if _, err := ReadFrames(strings.NewReader(broken)); vig.CodeOf(err) != vig.CodeInvalid {
			t.Errorf("%q: %v", broken, err)
		}
	}
}
