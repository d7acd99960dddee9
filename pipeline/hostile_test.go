package pipeline

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"attune/internal/vig"
)

// tryFilm opens b and reads all of it, within a time that no small file needs.
func tryFilm(t testing.TB, b []byte) (samples int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	film, err := Open(ctx, bytes.NewReader(b), int64(len(b)), Config{})
	if err == nil {
		defer film.Close()
		samples, err = drain(ctx, film)
	}
	switch vig.CodeOf(err) {
	case "", vig.CodeInvalid, vig.CodeUnsupported:
	default:
		t.Errorf("%d bytes: %v", len(b), err)
	}
	if err != nil && strings.ContainsAny(err.Error(), "\n\r") {
		t.Errorf("a reason of more than one line: %q", err)
	}
	return samples, err
}

func TestWhatIsNotTaken(t *testing.T) {
	t.Parallel()
	other := greyFilm(t, 30, "other.ts", "-c:v", "libx264")
	noise := make([]byte, 100_000)
	random := rand.New(rand.NewPCG(3, 4))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	made := func(name string, args ...string) []byte {
		b, err := os.ReadFile(madeFilm(t, name, args...))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	picture := []string{"-f", "lavfi", "-i", "testsrc2=s=64x48:d=1"}
	with := func(args ...string) []string { return append(append([]string(nil), picture...), args...) }
	for _, test := range []struct {
		name string
		film []byte
		want vig.Code
	}{
		{"empty", nil, vig.CodeInvalid},
		{"one byte", []byte{0}, vig.CodeInvalid},
		{"text", []byte(strings.Repeat("Dear Anna, here is the film. ", 300)), vig.CodeInvalid},
		{"noise", noise, vig.CodeInvalid},
		{"zeros", make([]byte, 100_000), vig.CodeInvalid},
		{"HLS playlist", fmt.Appendf(nil, "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1,\nfile://%s\n#EXT-X-ENDLIST\n", other), vig.CodeInvalid},
		{"DASH manifest", fmt.Appendf(nil, `<?xml version="1.0"?><MPD><BaseURL>%s</BaseURL></MPD>`, other), vig.CodeInvalid},
		{"concat script", fmt.Appendf(nil, "ffconcat version 1.0\nfile '%s'\n", other), vig.CodeInvalid},
		{"SDP", []byte("v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n"), vig.CodeInvalid},
		{"subtitles", []byte("1\n00:00:00,000 --> 00:00:01,000\nHello\n\n"), vig.CodeInvalid},
		{"picture", made("p.jpg", with("-frames:v", "1")...), vig.CodeInvalid},
		{"AVIF", []byte("\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf"), vig.CodeUnsupported},
		{"HEIC", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), vig.CodeUnsupported},
		{"Windows Media", made("f.wmv", with("-c:v", "wmv2")...), vig.CodeUnsupported},
		{"Flash", made("f.flv", with()...), vig.CodeUnsupported},
		{"program stream", made("f.mpg", with()...), vig.CodeUnsupported},
		{"Ogg", made("f.ogg", "-f", "lavfi", "-i", "sine=d=1"), vig.CodeUnsupported},
		{"a codec that is not taken", made("f.mkv", with("-c:v", "ffv1")...), vig.CodeUnsupported},
		{"sound only", made("f.mp4", "-f", "lavfi", "-i", "sine=d=1"), vig.CodeUnsupported},
		{"mp4 without an index", []byte("\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom\x00\x00\x10\x00mdat"), vig.CodeInvalid},
		{"Matroska of a header only", []byte("\x1a\x45\xdf\xa3\x88\x42\x82\x84webm"), vig.CodeInvalid},
		{"AVI of a header only", []byte("RIFF\x00\x10\x00\x00AVI LIST"), vig.CodeInvalid},
		{"transport stream of sync bytes", bytes.Repeat(append([]byte{0x47}, make([]byte, 187)...), 600), vig.CodeInvalid},
	} {
		n, err := tryFilm(t, test.film)
		if vig.CodeOf(err) != test.want || n != 0 {
			t.Errorf("%s: %d samples, %v; want code %s", test.name, n, err, test.want)
		}
	}
}

// A film cut off anywhere gives what is there, or a reason.
func TestFilmsCutOffAnywhere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"f.mp4", "front.mp4", "fragments.mp4", "f.mkv", "f.avi", "f.ts"} {
		args := []string{"-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2", "-c:v", "mpeg4", "-c:a", "mp2"}
		switch name {
		case "front.mp4":
			args = append(args, "-movflags", "faststart")
		case "fragments.mp4":
			args = append(args, "-movflags", "frag_keyframe+empty_moov", "-g", "10")
		}
		film, err := os.ReadFile(madeFilm(t, name, args...))
		if err != nil {
			t.Fatal(err)
		}
		whole, err := tryFilm(t, film)
		if err != nil || whole != 12 {
			t.Errorf("%s: %d samples, %v", name, whole, err)
		}
		for i := 1; i < 40; i++ {
			n, err := tryFilm(t, film[:len(film)*i/40])
			if n > whole || err == nil && n == 0 {
				t.Errorf("%s cut at %d/40: %d samples, %v", name, i, n, err)
			}
		}
	}
}

// A film in which bytes were changed anywhere neither crashes nor hangs.
func TestFilmsWithChangedBytes(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, film := range seedFilms(t) {
		for range 40 {
			b := bytes.Clone(film)
			for range 1 + random.IntN(20) {
				b[random.IntN(len(b))] = byte(random.Uint32())
			}
			_, _ = tryFilm(t, b) // whatever the result, it was one of those that are allowed
		}
	}
}

// seedFilms are small films of each container that is taken.
func seedFilms(t testing.TB) (films [][]byte) {
	for _, film := range []struct {
		name string
		args []string
	}{
		{"f.mp4", []string{"-c:v", "libx264", "-c:a", "aac"}},
		{"f.mov", []string{"-c:v", "mjpeg", "-c:a", "pcm_s16le", "-color_range", "pc"}},
		{"f.webm", []string{"-c:v", "libvpx", "-c:a", "libopus"}},
		{"f.avi", []string{"-c:v", "mpeg4", "-c:a", "libmp3lame"}},
		{"f.ts", []string{"-c:v", "mpeg2video", "-c:a", "ac3"}},
	} {
		args := []string{"-f", "lavfi", "-i", "testsrc2=s=64x48:r=10:d=0.6", "-f", "lavfi", "-i", "sine=d=0.6", "-pix_fmt", "yuv420p"}
		if film.name == "f.mov" {
			args = args[:len(args)-2]
		}
		b, err := os.ReadFile(madeFilm(t, film.name, append(args, film.args...)...))
		if err != nil {
			t.Fatal(err)
		}
		films = append(films, b)
	}
	return films
}

func FuzzOpen(f *testing.F) {
	for _, film := range seedFilms(f) {
		f.Add(film)
	}
	for _, s := range []string{"", "\x1a\x45\xdf\xa3", "RIFF....AVI ", "\x00\x00\x00\x08moov", "#EXTM3U\n/etc/passwd", "ffconcat version 1.0\nfile x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, film []byte) {
		_, _ = tryFilm(t, film) // whatever the result, it was one of those that are allowed
		if Held() != 0 {
			t.Errorf("left of libav: %s", heldText())
		}
	})
}

// A QuickTime film may say that its pictures lie in another file. They are not
// fetched from there.
func TestFilmThatNamesAnotherFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "inner.mov")
	ffmpeg(t, nil, "-f", "lavfi", "-i", "testsrc2=s=64x48:r=10:d=1", "-c:v", "mjpeg", "-color_range", "pc", path)
	film, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := tryFilm(t, film); err != nil || n == 0 {
		t.Fatalf("the film itself: %d samples, %v", n, err)
	}
	// The reference, as an alias record of a Macintosh with an absolute path
	// (QuickTime File Format, data reference atoms), stands in place of "this
	// file"; the media data is gone.
	alias := make([]byte, 150)
	alias = binary.BigEndian.AppendUint16(alias, 2) // type: path
	alias = binary.BigEndian.AppendUint16(alias, uint16(len(path)))
	alias = append(append(alias, path...), make([]byte, len(path)%2)...)
	alias = append(alias, 0xff, 0xff, 0, 0)
	entry := binary.BigEndian.AppendUint32(nil, uint32(12+len(alias)))
	entry = append(append(entry, "alis\x00\x00\x00\x00"...), alias...)
	self := []byte("\x00\x00\x00\x0curl \x00\x00\x00\x01")
	if !bytes.Contains(film, self) {
		self = []byte("\x00\x00\x00\x0calis\x00\x00\x00\x01")
	}
	at := bytes.Index(film, self)
	if at < 0 {
		t.Fatal("no data reference in the film")
	}
	grown := len(entry) - len(self)
	for _, box := range []string{"moov", "trak", "mdia", "minf", "dinf", "dref"} {
		i := bytes.LastIndex(film[:at], []byte(box)) - 4
		binary.BigEndian.PutUint32(film[i:], binary.BigEndian.Uint32(film[i:])+uint32(grown))
	}
	film = append(append(bytes.Clone(film[:at]), entry...), film[at+len(self):]...)
	mdat := bytes.Index(film, []byte("mdat"))
	size := int(binary.BigEndian.Uint32(film[mdat-4:]))
	clear(film[mdat+4 : mdat-4+size])
	if n, err := tryFilm(t, film); err == nil || n != 0 {
		t.Errorf("%d samples came from another file, %v", n, err)
	}
}
