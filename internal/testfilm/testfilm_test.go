package testfilm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"attune/internal/vig"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// small makes f cheap: a session of 15 s with one chain.
func small(f Film) Film {
	f.Width, f.Height, f.Duration = 320, 180, 15*time.Second
	return f
}

func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, stderr.Bytes())
	}
	return out
}

// probed is what ffprobe says about a film.
type probed struct {
	Streams []struct {
		CodecType string `json:"codec_type"`
		CodecName string `json:"codec_name"`
		Width     int
		Height    int
		HasB      int    `json:"has_b_frames"`
		StartTime string `json:"start_time"`
		SideData  []struct {
			Rotation int
		} `json:"side_data_list"`
	}
	Packets []struct {
		PTS string `json:"pts_time"`
	}
	Frames []struct {
		PTS string `json:"pts_time"`
	}
	Format struct {
		Duration string
	}
}

func probe(t *testing.T, path string) probed {
	t.Helper()
	var p probed
	out := run(t, "ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format", path)
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatal(err)
	}
	out = run(t, "ffprobe", "-v", "error", "-of", "json", "-select_streams", "v", "-show_entries", "frame=pts_time", path)
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func parse(t *testing.T, s string) time.Duration {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(math.Round(v * 1e9))
}

func near(a, b, within time.Duration) bool { return (a - b).Abs() <= within }

func TestVariants(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	video := map[Codec]string{H264: "h264", HEVC: "hevc", VP9: "vp9"}
	for _, v := range Variants() {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			f := v.Film
			f.Width, f.Height = 320, 180
			f.Duration = min(6*time.Second, f.whole().Duration)
			path := filepath.Join(t.TempDir(), "film"+f.Container.Ext())
			truth, err := Make(t.Context(), path, f)
			if err != nil {
				t.Fatal(err)
			}
			if !v.Opens {
				if out, err := exec.Command("ffprobe", "-v", "error", path).CombinedOutput(); err == nil {
					t.Fatalf("ffprobe opens it: %s", out)
				}
				return
			}
			p := probe(t, path)
			streams := 2
			if f.Silent {
				streams = 1
			}
			if len(p.Streams) != streams {
				t.Fatalf("%d streams, want %d", len(p.Streams), streams)
			}
			picture := p.Streams[0]
			if picture.CodecName != video[f.Codec] {
				t.Errorf("codec %s, want %s", picture.CodecName, video[f.Codec])
			}
			if (picture.HasB > 0) != f.BFrames && f.Codec == H264 {
				t.Errorf("reorder depth %d, B-frames %v", picture.HasB, f.BFrames)
			}
			w, h, turned := picture.Width, picture.Height, 0
			for _, s := range picture.SideData {
				turned = (360 - s.Rotation) % 360
			}
			if turned != f.Rotation {
				t.Errorf("rotation %d, want %d", turned, f.Rotation)
			}
			if f.Rotation%180 != 0 {
				w, h = h, w
			}
			if w != truth.Width || h != truth.Height {
				t.Errorf("displayed %d×%d, want %d×%d", w, h, truth.Width, truth.Height)
			}
			first := parse(t, picture.StartTime)
			if want := f.Start + max(0, -f.SoundDelay); f.Container != TS && !near(first, want, time.Millisecond) {
				t.Errorf("starts at %v, want %v", first, want)
			}
			if !f.Silent && f.Damage == Whole {
				// Opus in WebM and mpegts may begin with up to two frames of encoder delay.
				late := parse(t, p.Streams[1].StartTime) - first
				if !near(late, f.SoundDelay, 50*time.Millisecond) {
					t.Errorf("sound starts %v after the picture, want %v", late, f.SoundDelay)
				}
			}
			checkFrames(t, p, truth, f)
		})
	}
}

// checkFrames compares the frames' times with the truth: all of a whole film,
// the first ones of a cut one.
func checkFrames(t *testing.T, p probed, truth *Truth, f Film) {
	t.Helper()
	if n := len(p.Frames); f.Damage == Whole && n != len(truth.Frames) || n == 0 || n > len(truth.Frames) {
		t.Fatalf("%d frames, want %d", n, len(truth.Frames))
	}
	first := parse(t, p.Frames[0].PTS)
	for i, frame := range p.Frames {
		if got := parse(t, frame.PTS) - first; !near(got, truth.Frames[i], time.Millisecond) {
			t.Fatalf("frame %d at %v, want %v", i, got, truth.Frames[i])
		}
	}
	if d := parse(t, p.Format.Duration); f.Damage == Whole && !near(d, truth.Duration+max(0, -f.SoundDelay), 200*time.Millisecond) && f.Start == 0 {
		t.Errorf("duration %v, want %v", d, truth.Duration)
	}
}

func TestTimings(t *testing.T) {
	t.Parallel()
	swing := Film{Timing: Swing}.whole().frames()
	lo, hi := time.Hour, time.Duration(0)
	for i := range swing[1:] {
		lo, hi = min(lo, swing[i+1]-swing[i]), max(hi, swing[i+1]-swing[i])
	}
	if lo < 19*time.Millisecond || lo > 22*time.Millisecond || hi < 43*time.Millisecond || hi > 46*time.Millisecond {
		t.Errorf("intervals swing from %v to %v, want 20 to 45 ms", lo, hi)
	}
	hole := Film{Timing: Hole}.whole().frames()
	for i := range hole[1:] {
		want := 40 * time.Millisecond
		if hole[i] < 30*time.Second && hole[i+1] >= 30*time.Second {
			want += HoleLength
		}
		if got := hole[i+1] - hole[i]; got != want {
			t.Errorf("%v after frame %d at %v, want %v", got, i, hole[i], want)
		}
	}
}

func TestSession(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		for d, chains := range map[time.Duration]int{
			8 * time.Second: 0, 14 * time.Second: 1, 20 * time.Second: 1, time.Minute: 3, 10 * time.Minute: 8,
		} {
			s := Session(seed, d)
			if len(s.Chains) != chains {
				t.Fatalf("seed %d, %v: %d chains, want %d", seed, d, len(s.Chains), chains)
			}
			for i := range s.Actors {
				checkActor(t, fmt.Sprintf("seed %d, %v", seed, d), &s.Actors[i], d)
			}
			quiet := time.Duration(0) // the end of the chain before
			for i, c := range s.Chains {
				at := fmt.Sprintf("seed %d, %v, chain %d at %v", seed, d, i, c.Span)
				if c.Span.Start < quiet+2*time.Second || c.Span.End > d-time.Second {
					t.Errorf("%s: not inside the film, or no pause before it", at)
				}
				if l := c.Span.Length(); l < 3*time.Second || l > 13*time.Second {
					t.Errorf("%s: %v long", at, l)
				}
				quiet = c.Span.End
				checkChain(t, at, c)
			}
		}
	}
}

func checkActor(t *testing.T, at string, a *Actor, d time.Duration) {
	t.Helper()
	for name, track := range map[string]Track{"yaw": a.Yaw, "pitch": a.Pitch, "smile": a.Smile, "move": a.Move} {
		for i := range track {
			if i > 0 && track[i].At < track[i-1].At || track[i].At > d {
				t.Errorf("%s: %s of %s: key %d at %v", at, name, a.Name, i, track[i].At)
			}
		}
	}
	for i, v := range a.Voices {
		if i > 0 && v.Span.Start < a.Voices[i-1].Span.End || v.Span.End > d || v.Span.Length() <= 0 {
			t.Errorf("%s: voice of %s at %v", at, a.Name, v.Span)
		}
	}
}

func checkChain(t *testing.T, at string, c Chain) {
	t.Helper()
	kinds := []StepKind{Initiative, Reception, Response, SecondTurn}
	for i, s := range c.Steps {
		want := Further
		if i < len(kinds) {
			want = kinds[i]
		}
		if s.Kind != want {
			t.Errorf("%s: step %d is %q, want %q", at, i, s.Kind, want)
		}
		if s.Span.Start < c.Span.Start || s.Span.End > c.Span.End {
			t.Errorf("%s: step %d at %v lies outside", at, i, s.Span)
		}
		if i == 0 {
			continue
		}
		if late := s.Span.Start - c.Steps[i-1].Span.Start; late < 300*time.Millisecond || late > 3*time.Second {
			t.Errorf("%s: step %d begins %v after the one before", at, i, late)
		}
		if i >= 2 {
			// A voice answers what came before it.
			pause := s.Span.Start - c.Steps[i-1].Span.End
			if pause < 300*time.Millisecond || pause > time.Second {
				t.Errorf("%s: pause of %v before step %d", at, pause, i)
			}
		}
		if (s.Who == c.Initiator) != (i%2 == 1 && i > 1) && i > 2 {
			t.Errorf("%s: step %d by %s", at, i, s.Who)
		}
	}
}

// TestDistractors looks for everything that only looks like a part of a chain:
// without it, finding chains would prove nothing.
func TestDistractors(t *testing.T) {
	t.Parallel()
	truth := Film{Width: 640, Height: 360, Duration: 10 * time.Minute}.whole().truth()
	inChain := func(at time.Duration) bool {
		for _, c := range truth.Chains {
			if (vig.Span{Start: c.Span.Start - time.Second, End: c.Span.End + 2*time.Second}).Contains(at) {
				return true
			}
		}
		return false
	}
	for _, r := range []vig.Role{vig.RoleAdult, vig.RoleChild} {
		p := truth.Role(r)
		seen := map[string]time.Duration{}
		for i, s := range p.States {
			if inChain(time.Duration(i) * truth.Step) {
				continue
			}
			for what, is := range map[string]bool{"speaks": s.Speaking, "faces the other": s.Facing != "", "moves": s.Moving > 0.5, "smiles": s.Smile > 0.5} {
				if is {
					seen[what] += truth.Step
				}
			}
		}
		for _, what := range []string{"speaks", "faces the other", "moves", "smiles"} {
			if seen[what] < 3*time.Second {
				t.Errorf("%s %s outside the chains for %v", p.Name, what, seen[what])
			}
		}
	}
	if len(truth.Waits) < 3 {
		t.Errorf("waits: %v", truth.Waits)
	}
	for _, s := range truth.MutualFacing {
		if !inChain(s.Start) {
			t.Errorf("mutual facing outside the chains: %v", s)
		}
	}
}

func TestTruth(t *testing.T) {
	t.Parallel()
	truth := Film{}.whole().truth()
	adult, child := truth.Role(vig.RoleAdult), truth.Role(vig.RoleChild)
	if want := 1500; len(adult.States) != want || len(child.States) != want {
		t.Fatalf("%d and %d states, want %d", len(adult.States), len(child.States), want)
	}
	for _, c := range truth.Chains {
		var faced time.Duration
		for _, m := range truth.MutualFacing {
			faced += m.Overlap(c.Span)
		}
		if faced < c.Span.Length()/2 {
			t.Errorf("chain %v: faced for %v only", c.Span, faced)
		}
		for _, s := range c.Steps {
			if p := truth.Role(vig.Role(s.Who)); s.Kind != Reception && !truth.At(p, (s.Span.Start+s.Span.End)/2).Speaking {
				t.Errorf("%s is silent in %q at %v", s.Who, s.Kind, s.Span)
			}
		}
	}
	for i, s := range adult.States {
		if (s.Facing == "child") != (s.Yaw >= FacingYaw) {
			t.Fatalf("state %d: yaw %v, facing %q", i, s.Yaw, s.Facing)
		}
		if o := child.States[i]; (o.Facing == "adult") != (o.Yaw <= -FacingYaw) {
			t.Fatalf("state %d: yaw %v, facing %q", i, o.Yaw, o.Facing)
		}
		if s.Box.W <= 0 || s.Box.X < 0 || s.Box.X+s.Box.W > 1 || s.Box.Y < 0 || s.Box.Y+s.Box.H > 1 || !s.InView {
			t.Fatalf("state %d: box %v", i, s.Box)
		}
	}

	path := filepath.Join(t.TempDir(), "truth.json")
	if err := truth.Save(path); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(truth, loaded); diff != "" {
		t.Error(diff)
	}
}

func TestOtherScripts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script *Script
		people int
		mutual bool
	}{
		"never turn": {NeverTurn(3, time.Minute), 2, false},
		"alone":      {Alone(3, time.Minute), 1, false},
		"passing":    {Passing(3, time.Minute), 3, true},
		"nobody":     {Nobody(), 0, false},
	} {
		truth := Film{Script: c.script}.whole().truth()
		if len(truth.People) != c.people || (len(truth.MutualFacing) > 0) != c.mutual {
			t.Errorf("%s: %d people, mutual facing %v", name, len(truth.People), truth.MutualFacing)
		}
		for _, p := range truth.People {
			for i, s := range p.States {
				if s.Facing != "" && (!c.mutual || p.Role == vig.RoleUnknown) {
					t.Fatalf("%s: %s faces %s in state %d", name, p.Name, s.Facing, i)
				}
			}
		}
	}
}

// decode returns the film's frames as ffmpeg shows them, upright.
func decode(t *testing.T, path string, pixFmt string) []byte {
	t.Helper()
	return run(t, "ffmpeg", "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", pixFmt, "-fps_mode", "passthrough", "-")
}

func TestReadNumber(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	for name, f := range map[string]Film{
		"plain":    {},
		"rotated":  {Rotation: 90},
		"b-frames": {BFrames: true},
		"swing":    {Timing: Swing},
		"dark":     {Light: 0.1, Noise: 6},
		"vp9":      {Codec: VP9, Container: WebM},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := small(f)
			f.Duration = 3 * time.Second
			f.Numbered, f.Marked = true, true
			path := filepath.Join(t.TempDir(), "film"+f.Container.Ext())
			truth, err := Make(t.Context(), path, f)
			if err != nil {
				t.Fatal(err)
			}
			for format, depth := range map[string]int{"gray": 1, "bgr24": 3} {
				pix := decode(t, path, format)
				size := f.Width * f.Height * depth
				if len(pix) != size*len(truth.Frames) {
					t.Fatalf("%d bytes, want %d frames of %d", len(pix), len(truth.Frames), size)
				}
				for i, at := range truth.Frames {
					frame := pix[i*size : (i+1)*size]
					if n, ok := ReadNumber(frame, f.Width, f.Height); n != i || !ok {
						t.Fatalf("%s: frame %d reads %d, %v", format, i, n, ok)
					}
					on := false
					for _, m := range truth.Marks {
						on = on || at >= m && at < m+markLength
					}
					if got := ReadFlash(frame, f.Width, f.Height); got != on {
						t.Errorf("%s: flash at %v: %v, want %v", format, at, got, on)
					}
				}
			}
		})
	}
}

func TestReadNumberRefuses(t *testing.T) {
	t.Parallel()
	const w, h = 320, 180
	bgr := room(w, h)
	if n, ok := ReadNumber(bgr, w, h); ok {
		t.Errorf("reads %d from a room", n)
	}
	for _, n := range []int{0, 1, 255, 1500, 65535} {
		writeNumber(bgr, w, h, n)
		if got, ok := ReadNumber(bgr, w, h); got != n || !ok {
			t.Errorf("reads %d, %v, want %d", got, ok, n)
		}
		for x := range w / stripCells { // one cell of the number turned over
			for y := range stripHeight(h) {
				i := 3 * (y*w + 10*w/stripCells + x + 1)
				bgr[i], bgr[i+1], bgr[i+2] = 251-bgr[i], 251-bgr[i+1], 251-bgr[i+2]
			}
		}
		if got, ok := ReadNumber(bgr, w, h); ok {
			t.Errorf("reads %d from a broken strip of %d", got, n)
		}
	}
	if _, ok := ReadNumber(nil, w, h); ok {
		t.Error("reads a number from nothing")
	}
}

// TestSound finds voices and beeps where the truth says, by the sound's level.
func TestSound(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	f := small(Film{Marked: true})
	path := filepath.Join(t.TempDir(), "film.mp4")
	truth, err := Make(t.Context(), path, f)
	if err != nil {
		t.Fatal(err)
	}
	pcm := run(t, "ffmpeg", "-v", "error", "-i", path, "-vn", "-f", "s16le", "-ac", "1", "-ar", "48000", "-")
	step := samples(truth.Step)
	for i := range truth.People[0].States {
		// What sounds between the middles of this step's neighbours.
		from, to := time.Duration(i)*truth.Step-truth.Step/2, time.Duration(i)*truth.Step+truth.Step/2
		sounds, silent := false, true
		for _, p := range truth.People {
			for _, v := range p.Voices {
				sounds = sounds || v.Contains(from-30*time.Millisecond) && v.Contains(to+60*time.Millisecond)
				silent = silent && v.Overlap(vig.Span{Start: from - 50*time.Millisecond, End: to + 50*time.Millisecond}) == 0
			}
		}
		for _, m := range truth.Marks {
			silent = silent && (vig.Span{Start: m, End: m + markLength}).Overlap(vig.Span{Start: from - 50*time.Millisecond, End: to + 50*time.Millisecond}) == 0
		}
		lo := samples(from)
		if lo < 0 || 2*(lo+step) > len(pcm) {
			continue
		}
		level := 0.0
		for k := lo; k < lo+step; k++ {
			level += sq(float64(int16(uint16(pcm[2*k])|uint16(pcm[2*k+1])<<8)) / 32768)
		}
		db := 10 * math.Log10(level/float64(step)+1e-12)
		if sounds && db < -40 || silent && db > -50 {
			t.Errorf("%.1f dB at %v; sounds %v, silent %v", db, from, sounds, silent)
		}
	}
}

func TestDeterminism(t *testing.T) {
	t.Parallel()
	f := small(Film{Numbered: true, Seed: 7}).whole()
	frames := f.frames()
	one, two := newStudio(f), newStudio(f)
	a, b := make([]byte, 3*f.Width*f.Height), make([]byte, 3*f.Width*f.Height)
	two.frame(b, 5, frames[5]) // another order of making sprites
	for _, n := range []int{0, 120, 121, 200} {
		one.frame(a, n, frames[n])
		two.frame(b, n, frames[n])
		if !bytes.Equal(a, b) {
			t.Errorf("frame %d differs", n)
		}
	}
	if f.Seed = 8; bytes.Equal(Session(7, f.Duration).mustJSON(t), Session(8, f.Duration).mustJSON(t)) {
		t.Error("another seed gives the same script")
	}
}

func (s *Script) mustJSON(t *testing.T) []byte {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestMakeSameBytes(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	f := small(Film{})
	f.Duration = 2 * time.Second
	var films [2][]byte
	for i := range films {
		path := filepath.Join(t.TempDir(), "film.mp4")
		if _, err := Make(t.Context(), path, f); err != nil {
			t.Fatal(err)
		}
		var err error
		if films[i], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(films[0], films[1]) {
		t.Error("the same film gives other bytes")
	}
}

func TestRepeat(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	f := small(Film{Repeat: 5})
	f.Duration = 2 * time.Second
	path := filepath.Join(t.TempDir(), "film.mp4")
	truth, err := Make(t.Context(), path, f)
	if err != nil {
		t.Fatal(err)
	}
	p := probe(t, path)
	if len(p.Frames) != 5*len(truth.Frames) || !near(parse(t, p.Format.Duration), 10*time.Second, 300*time.Millisecond) {
		t.Errorf("%d frames in %s s, want %d in 10 s", len(p.Frames), p.Format.Duration, 5*len(truth.Frames))
	}
}

// TestMakeStops cancels while frames are being rendered: nothing may be left,
// neither files nor (see TestMain) goroutines.
func TestMakeStops(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	dir := t.TempDir()
	began := time.Now()
	_, err := Make(ctx, filepath.Join(dir, "film.mp4"), Film{Silent: true, Duration: time.Hour})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("stopped after %v", took)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestMakeRefuses(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]Film{
		"odd size":         {Width: 641},
		"odd turn":         {Rotation: 45},
		"turned container": {Rotation: 90, Container: MKV},
	} {
		if _, err := Make(t.Context(), filepath.Join(t.TempDir(), "film"), f); vig.CodeOf(err) != vig.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCached(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	f := small(Film{})
	f.Duration = time.Second
	path, truth := Cached(t, f)
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	again, same := Cached(t, f)
	after, err := os.Stat(again)
	if err != nil {
		t.Fatal(err)
	}
	if again != path || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("made again: %s, %s", path, again)
	}
	if diff := cmp.Diff(truth, same); diff != "" {
		t.Error(diff)
	}
	f.Seed = 1
	if other, _ := Cached(t, f); other == path {
		t.Error("another film has the same name")
	}
}
