package sandbox

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"attune/internal/vig"
)

// frames returns pairs of type and payload as the child sends them.
func frames(pairs ...string) []byte {
	var b bytes.Buffer
	for i := 0; i < len(pairs); i += 2 {
		b.WriteString(pairs[i])
		_ = binary.Write(&b, binary.BigEndian, uint32(len(pairs[i+1])))
		b.WriteString(pairs[i+1])
	}
	return b.Bytes()
}

func shareOf(f float64) string {
	return string(binary.BigEndian.AppendUint64(nil, math.Float64bits(f)))
}

var receiveTests = []struct {
	name   string
	sent   []byte
	result string
	says   string // of the error or the reason; "" is none
}{
	{"a result", frames("r", `{"a":1}`), `{"a":1}`, ""},
	{"a file and a result", frames("f", "analysis.json", "b", "{", "b", "}", "e", "", "r", "1"), "1", ""},
	{"progress", frames("p", shareOf(0.5)+"Looking", "r", "1"), "1", ""},
	{"a reason", frames("x", `{"code":"invalid","op":"open film","text":"no"}`), "", "open film: no"},
	{"a reason in the middle of a file", frames("f", "reel.mp4", "b", "x", "x", `{"code":"invalid","text":"no"}`), "", "read film: no"},
	{"nothing", nil, "", "unexpected EOF"},
	{"half a header", []byte("r\x00"), "", "unexpected EOF"},
	{"half a frame", frames("r", "12")[:6], "", "unexpected EOF"},
	{"only a file", frames("f", "analysis.json", "e", ""), "", "unexpected EOF"},
	{"no known type", frames("q", ""), "", "no known type"},
	{"too long", []byte("r\xff\xff\xff\xff"), "", "too long"},
	{"a long name", frames("f", strings.Repeat("a", maxShort+1)), "", "too long"},
	{"another name", frames("f", "../analysis.json"), "", "no known name"},
	{"no name", frames("f", ""), "", "no known name"},
	{"a name and more", frames("f", "analysis.json\x00"), "", "no known name"},
	{"a name and a line", frames("f", "analysis.json\n"), "", "no known name"},
	{"a still too many", frames("f", "stills/m1000.jpg"), "", "no known name"},
	{"twice", frames("f", "reel.mp4", "e", "", "f", "reel.mp4"), "", "twice"},
	{"a file inside another", frames("f", "reel.mp4", "f", "analysis.json"), "", "inside another"},
	{"bytes of no file", frames("b", "x"), "", "bytes of no file"},
	{"an end of no file", frames("e", ""), "", "end of no file"},
	{"an end with bytes", frames("f", "reel.mp4", "e", "x"), "", "too long"},
	{"a result inside a file", frames("f", "reel.mp4", "r", "1"), "", "before the end"},
	{"no JSON", frames("r", "{"), "", "not JSON"},
	{"an empty result", frames("r", ""), "", "not JSON"},
	{"a reason without JSON", frames("x", "no"), "", "not JSON"},
	{"more after the result", frames("r", "1", "r", "2"), "", "more after"},
	{"more after the reason", frames("x", "{}", "p", shareOf(1)), "", "more after"},
	{"progress without a share", frames("p", "half"), "", "without a share"},
	{"progress that is no number", frames("p", shareOf(math.NaN())), "", "not a number"},
	{"too much", frames("f", "reel.mp4", "b", strings.Repeat("x", 600), "b", strings.Repeat("x", 600)), "", "1000 bytes"},
}

func TestReceive(t *testing.T) {
	t.Parallel()
	for _, test := range receiveTests {
		result, why, err := receive(bytes.NewReader(test.sent), makes[Analyze], 1000, &kept{}, func() {})
		if err == nil {
			err = why
		}
		if string(result) != test.result || (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %s, %v; want %q, %q", test.name, result, err, test.result, test.says)
		}
	}
}

// FuzzReceive: whatever a child sends, the parent lives, creates only files of
// known names once, takes no more than the limit, and ends with one answer.
func FuzzReceive(f *testing.F) {
	for _, test := range receiveTests {
		f.Add(test.sent)
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		out := &kept{}
		result, why, err := receive(bytes.NewReader(sent), makes[Analyze], 1000, out, func() {})
		answers := 0
		for _, one := range []bool{result != nil, why != nil, err != nil} {
			if one {
				answers++
			}
		}
		if answers != 1 {
			t.Errorf("result %s, reason %v, error %v", result, why, err)
		}
		if asCrash(err) == nil && err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("an error of no kind: %v", err)
		}
		total := 0
		for name, file := range out.files {
			if !makes[Analyze].MatchString(name) || file.closed == file.aborted {
				t.Errorf("%q: closed %v, aborted %v", name, file.closed, file.aborted)
			}
			if err == nil && why == nil && !file.closed {
				t.Errorf("%q is not whole", name)
			}
			total += file.Len()
		}
		if total > 1000 {
			t.Errorf("%d bytes were taken", total)
		}
		for i, share := range out.shares {
			if !(share >= 0 && share <= 1) || strings.ContainsAny(out.stages[i], "\n\x1b") {
				t.Errorf("progress %q %v", out.stages[i], share)
			}
		}
		if why != nil && (strings.ContainsAny(why.Error(), "\n\r\x1b\x00") || len(why.Error()) > 4*(maxReason+maxStage)) {
			t.Errorf("a reason that is not plain: %q", why)
		}
		if code := vig.CodeOf(why); why != nil && code != vig.CodeInvalid && code != vig.CodeUnsupported && code != vig.CodeInternal {
			t.Errorf("code %s", code)
		}
	})
}

// FuzzServe: whatever a child asks, it gets pieces of the film and nothing else.
func FuzzServe(f *testing.F) {
	request := func(offset uint64, length uint32) []byte {
		return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(nil, offset), length)
	}
	for _, r := range [][2]uint64{{0, 4}, {0, 0}, {4, 0}, {3, 1}, {4, 1}, {5, 0}, {1 << 63, 1}, {0, 1 << 31}, {math.MaxUint64, 1}} {
		f.Add(request(r[0], uint32(r[1])))
	}
	f.Fuzz(func(t *testing.T, asked []byte) {
		const film = "film"
		var got bytes.Buffer
		conn := struct {
			io.Reader
			io.Writer
		}{bytes.NewReader(asked), &got}
		if err := serve(conn, strings.NewReader(film), int64(len(film))); err != nil {
			t.Errorf("%x: %v", asked, err)
		}
		for answer := got.Bytes(); len(answer) > 0; {
			n := binary.BigEndian.Uint32(answer[1:])
			if answer[0] != statusGood || !strings.Contains(film, string(answer[answerHeader:answerHeader+n])) {
				t.Fatalf("%x: %x", asked, answer)
			}
			answer = answer[answerHeader+n:]
		}
	})
}

// Progress is passed on a few times a second, whatever a child sends.
func TestProgressIsThrottled(t *testing.T) {
	t.Parallel()
	out := &kept{}
	now := time.Time{}.Add(time.Hour)
	rec := &receiver{left: 1 << 30, out: out, now: func() time.Time { return now }}
	for range 1000 {
		now = now.Add(time.Millisecond)
		if err := rec.take(frameProgress, []byte(shareOf(2)+"Look\x1bing")); err != nil {
			t.Fatal(err)
		}
	}
	if len(out.stages) != 10 || out.shares[0] != 1 || out.stages[0] != "Looking" {
		t.Errorf("%d times, %q %v", len(out.stages), out.stages[0], out.shares[0])
	}
}
