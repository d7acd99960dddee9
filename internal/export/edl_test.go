package export

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"attune/internal/vig"
)

// edlEvent is an event as CMX 3600 has it: number, reel, channels, cut, and four
// times, in their columns.
var edlEvent = regexp.MustCompile(`^(\d{3})  ([A-Z0-9]{1,8}) +(V|B) +C        (\d\d):(\d\d):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d):(\d\d)$`)

type edlRead struct {
	reel  string
	times [4]int64 // frames: source in and out, record in and out
}

// checkEDL holds a list against the rules of CMX 3600 and returns its events.
func checkEDL(t testing.TB, text string, base int64) []edlRead {
	t.Helper()
	lines := strings.Split(text, "\r\n")
	if !strings.HasPrefix(lines[0], "TITLE: ") || len(lines[0]) > 80 || lines[1] != "FCM: NON-DROP FRAME" || lines[len(lines)-1] != "" {
		t.Fatalf("the head or the end: %q", text)
	}
	var events []edlRead
	for _, line := range lines[2 : len(lines)-1] {
		for _, b := range []byte(line) {
			if b < 0x20 || b > 0x7e {
				t.Fatalf("not ASCII: %q", line)
			}
		}
		if len(line) > 80 {
			t.Fatalf("longer than 80: %q", line)
		}
		if line == "" || strings.HasPrefix(line, "* ") || line == "*" {
			continue
		}
		m := edlEvent.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("no event: %q", line)
		}
		if m[1] != fmt.Sprintf("%03d", len(events)+1) {
			t.Errorf("event %s comes as number %d", m[1], len(events)+1)
		}
		e := edlRead{reel: m[2]}
		for i := range e.times {
			var n [4]int64
			for j := range n {
				n[j], _ = strconv.ParseInt(m[4+4*i+j], 10, 64)
			}
			if n[1] > 59 || n[2] > 59 || n[3] >= base {
				t.Errorf("no timecode of %d frames a second: %q", base, line)
			}
			e.times[i] = ((n[0]*60+n[1])*60+n[2])*base + n[3]
		}
		if e.times[1]-e.times[0] != e.times[3]-e.times[2] || e.times[1] <= e.times[0] {
			t.Errorf("what is taken is not as long as where it goes: %q", line)
		}
		end := int64(0)
		if len(events) > 0 {
			end = events[len(events)-1].times[3]
		}
		if e.times[2] != end {
			t.Errorf("it begins at %d, and what is before ends at %d: %q", e.times[2], end, line)
		}
		events = append(events, e)
	}
	return events
}

func TestEDL(t *testing.T) {
	t.Parallel()
	events := checkEDL(t, written(t, EDL, version()), 25)
	want := []edlRead{
		{"BL", [4]int64{0, 100, 0, 100}},
		{"F0123456", [4]int64{61 * 25, 75*25 + 1, 100, 100 + 14*25 + 1}},
		{"F0123456", [4]int64{2 * 25, 9 * 25, 100 + 14*25 + 1, 100 + 14*25 + 1 + 7*25}},
	}
	if fmt.Sprint(events) != fmt.Sprint(want) {
		t.Errorf("the events are %v, want %v", events, want)
	}
	none := sample()
	none.Clips = none.Clips[2:]
	if err := EDL(&strings.Builder{}, none); vig.CodeOf(err) != vig.CodeConflict {
		t.Errorf("a list of nothing: %v", err)
	}
	many := sample()
	for range 1000 {
		many.Clips = append(many.Clips, many.Clips[0])
	}
	if err := EDL(&strings.Builder{}, many); vig.CodeOf(err) != vig.CodeInvalid {
		t.Errorf("a thousand events: %v", err)
	}
}

func times(n int, at func(i int) int64) vig.FrameIndex {
	all := make([]int64, n)
	for i := range all {
		all[i] = at(i)
	}
	return vig.NewFrameIndex(1, 90000, all)
}

// The rate of the timecode is that of the film, or the nearest, and is said.
func TestRate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		index vig.FrameIndex
		title string
		base  int64
	}{
		{"25", times(500, func(i int) int64 { return int64(i) * 3600 }), "25 FPS", 25},
		{"29.97", times(500, func(i int) int64 { return int64(i) * 3003 }), "29.97 FPS", 30},
		{"23.976 in Matroska", func() vig.FrameIndex {
			all := make([]int64, 5000)
			for i := range all {
				all[i] = int64(math.Round(float64(i) * 1001 / 24))
			}
			return vig.NewFrameIndex(1, 1000, all)
		}(), "23.976 FPS", 24},
		{"59.94", times(500, func(i int) int64 { return int64(math.Round(float64(i) * 1501.5)) }), "59.94 FPS", 60},
		{"a telephone", times(900, func(i int) int64 { return int64(3000*float64(i) + 2400*math.Sin(float64(i))) }), "30 FPS, FILM HAS VARIABLE RATE", 30},
		{"slower in the dark", times(900, func(i int) int64 { return int64(i)*3000 + int64(max(0, i-450))*3000 }), "FILM HAS VARIABLE RATE", 0},
		{"nothing known", vig.FrameIndex{}, "25 FPS ASSUMED", 25},
		{"one frame", vig.FrameIndex{Num: 1, Den: 25}, "25 FPS ASSUMED", 25},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cut := sample()
			cut.Film.Frames = tt.index
			text := written(t, EDL, cut)
			title, _, _ := strings.Cut(text, "\r\n")
			if !strings.HasSuffix(title, tt.title) {
				t.Errorf("the title is %q, want …%q", title, tt.title)
			}
			if tt.base == 0 {
				tt.base = rateOf(tt.index).timebase()
			}
			checkEDL(t, text, tt.base)
		})
	}
}

// A clip that is cut at frames names those frames, also where its times were
// rounded to milliseconds.
func TestFramesOfClips(t *testing.T) {
	t.Parallel()
	for _, r := range rates {
		for k := int64(0); k < 5000; k += 7 {
			exact := time.Duration(float64(k) / r.perSecond() * float64(time.Second))
			for _, at := range []time.Duration{exact, exact.Round(ms), exact + 1} {
				if got := r.frame(at); got != k {
					t.Fatalf("at %s a second %v is frame %d, want %d", r.name, at, got, k)
				}
			}
		}
	}
}
