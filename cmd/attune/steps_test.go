package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"attune/internal/report"
	"attune/internal/testfilm"
	"attune/internal/testfilm/testfilmtest"
	"attune/internal/web/browsertest"
	"attune/pipeline"
)

// stepped are films in the ways in which the times of frames are stored. Their
// pictures carry their number.
var stepped = []struct {
	name string
	film testfilm.Film
	args []string // of ffmpeg, by which the film is coded anew
}{
	{"constant rate", testfilm.Film{}, nil},
	{"variable rate", testfilm.Film{Timing: testfilm.Swing}, nil},
	{"variable rate, turned", testfilm.Film{Timing: testfilm.Swing, Rotation: 90, Width: 360, Height: 640}, nil},
	{"B-frames", testfilm.Film{}, []string{"-c:v", "libx264", "-bf", "3", "-g", "50", "-c:a", "copy"}},
	{"variable rate with B-frames, in fragments", testfilm.Film{Timing: testfilm.Swing}, []string{
		"-fps_mode", "passthrough", "-enc_time_base:v", "1:1000", "-c:v", "libx264", "-bf", "2", "-g", "40", "-c:a", "copy", "-movflags", "frag_keyframe+empty_moov",
	}},
	{"B-frames in open groups, to which browsers cannot go, upside down", testfilm.Film{BFrames: true, Rotation: 180}, nil},
	{"a hole of 3 s", testfilm.Film{Timing: testfilm.Hole, Duration: 8 * time.Second}, nil},
	{"the sound is first", testfilm.Film{SoundDelay: -400 * time.Millisecond}, nil},
	{"starts at 5 s", testfilm.Film{Start: 5 * time.Second, SoundDelay: 300 * time.Millisecond}, nil},
	{"VP9 in WebM, turned to no side", testfilm.Film{Codec: testfilm.VP9, Container: testfilm.WebM}, nil},
	{"variable rate in Matroska, which browsers do not play", testfilm.Film{Timing: testfilm.Swing, Container: testfilm.MKV}, nil},
	{"HEVC in a transport stream, which browsers do not play", testfilm.Film{Codec: testfilm.HEVC, Container: testfilm.TS, Start: 5 * time.Second}, nil},
}

// takeSteps is what is done with the player: it returns which frame was to be
// shown, which the player says is shown, and what the picture was.
const takeSteps = `(async () => {
	const player = document.querySelector("attune-player"), canvas = document.createElement("canvas");
	const video = player.video, taken = [];
	const look = (what, want) => {
		const w = canvas.width = video.videoWidth, h = canvas.height = video.videoHeight;
		const to = canvas.getContext("2d", {willReadFrequently: true});
		to.drawImage(video, 0, 0, w, h);
		const rgba = to.getImageData(0, 0, w, h).data, gray = new Uint8Array(w * h);
		for (let i = 0; i < gray.length; i++) gray[i] = rgba[4 * i + 1];
		taken.push({what, want, says: player.frame, time: player.time, w, h, picture: gray.toBase64?.() ?? btoa(Array.from(gray, b => String.fromCharCode(b)).join(""))});
	};
	look("opened", 0);
	video.addEventListener("error", () => console.error(video.error.code, video.error.message, player.frame));
	const step = async (what, n) => { const want = player.frame + n; await player.step(n); look(what, want); };
	for (let i = 0; i < 6; i++) await step("on", 1);
	for (let i = 0; i < 4; i++) await step("back", -1);
	const frames = player.frames, last = frames.count - 1;
	for (const n of [47, 97, last >> 1]) { // over the beginnings of groups, and over the hole
		if (n + 5 > last) continue;
		const t = Math.round(frames.time(n) * 1000) / 1000; // as in JSON
		await player.seek(t);
		look("seek", n);
		for (let i = 0; i < 4; i++) await step("on, later", 1);
		for (let i = 0; i < 7; i++) await step("back, later", -1);
	}
	player.step(1), player.step(1), player.step(1);
	const want = player.frame + 1;
	await player.step(1);
	look("quick steps", want);
	await player.seek(frames.end(last));
	look("the end", last);
	await player.step(1);
	look("beyond the end", last);
	await step("back from the end", -1);
	await player.seek(0);
	look("the beginning", 0);
	await player.step(-1);
	look("before the beginning", 0);
	for (const rate of [1, 0.25]) { // whatever was shown when it was paused
		player.rate = rate;
		await player.play();
		await new Promise(done => player.addEventListener("time", e => e.detail.frame > 5 && done()));
		await step("on, out of playing", 1);
	}
	return taken;
})()`

// Every step shows the next frame or the one before, whatever the film's times
// are like, upright, in the original and in the viewing copy.
func TestFrameSteps(t *testing.T) {
	t.Parallel()
	// The script plays the film, which browsers leave to people.
	browser := browsertest.Start(t, browsertest.Flag{Name: "autoplay-policy", Value: "no-user-gesture-required"})
	for _, one := range stepped {
		t.Run(one.name, func(t *testing.T) {
			f := one.film
			f.Numbered = true
			if f.Duration == 0 {
				f.Duration = 4 * time.Second
			}
			if f.Width == 0 {
				f.Width, f.Height = 640, 360
			}
			path, _ := testfilmtest.Cached(t, f)
			if len(one.args) > 0 {
				again := filepath.Join(t.TempDir(), "again.mp4")
				args := append([]string{"-v", "error", "-i", path}, append(one.args, again)...)
				if out, err := exec.CommandContext(t.Context(), "ffmpeg", args...).CombinedOutput(); err != nil {
					t.Fatalf("ffmpeg: %v: %s", err, out)
				}
				path = again
			}
			desk := newFilmDesk(t, path)
			for _, copied := range []bool{false, true} {
				if !copied && !desk.playable {
					continue
				}
				tab := browser.Tab()
				tab.Go(desk.address(copied))
				tab.Until("the first frame", "window.ready")
				shown := browsertest.Eval[[]struct {
					What       string
					Want, Says int
					Time       float64
					W, H       int
					Picture    []byte
				}](tab, takeSteps)
				for i, s := range shown {
					n, ok := testfilm.ReadNumber(s.Picture, s.W, s.H)
					if !ok || n != s.Want || s.Says != s.Want || s.W != f.Width || s.H != f.Height {
						t.Errorf("copy %v, %d, %s: frame %d (%v) is shown, the player says %d at %.3f s, of %d × %d; want %d", copied, i, s.What, n, ok, s.Says, s.Time, s.W, s.H, s.Want)
					}
				}
				tab.Close()
			}
		})
	}
}

// Where a film's clock does not begin at 0, as after a cut, the player knows so
// although it is told of the frames after the browser has shown the first.
func TestFramesToldLate(t *testing.T) {
	t.Parallel()
	path, _ := testfilmtest.Cached(t, testfilm.Film{Start: 5 * time.Second, Duration: 4 * time.Second, Width: 640, Height: 360})
	desk := newFilmDesk(t, path)
	tab := browsertest.Open(t)
	tab.Go(desk.address(false) + "&late")
	tab.Until("the first frame", "window.ready")
	if frame := browsertest.Eval[int](tab, `document.querySelector("attune-player").step(1).then(() => document.querySelector("attune-player").frame)`); frame != 1 {
		t.Errorf("a step from the beginning comes to frame %d", frame)
	}
}

// filmDesk serves a page with a film in <attune-player>, by the same policy as
// the pages of the service.
type filmDesk struct {
	*httptest.Server
	playable bool
}

func (d filmDesk) address(copied bool) string { return fmt.Sprintf("%s/?copy=%v", d.URL, copied) }

const bundles = "../../internal/web/page/assets/dist"

// newFilmDesk reads the film at path, as an analysis does, and makes its viewing
// copy. It skips the test where the bundles were not built.
func newFilmDesk(t *testing.T, path string) filmDesk {
	t.Helper()
	if _, err := os.Stat(filepath.Join(bundles, "player.js")); err != nil {
		t.Skip("needs the bundles, which 'make build' makes: ", err)
	}
	source, err := openFilm(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer source.close()
	for _, err := range source.Frames(t.Context(), pipeline.FramesConfig{}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	if _, err := source.ViewingCopy(t.Context(), filepath.Join(dir, "copy.mp4"), pipeline.ReelConfig{}); err != nil {
		t.Fatal(err)
	}
	frames, err := os.Create(filepath.Join(dir, report.FramesFile))
	if err != nil {
		t.Fatal(err)
	}
	defer frames.Close()
	if err := report.WriteFrames(frames, source.Index()); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", http.FileServer(http.Dir(bundles))))
	mux.HandleFunc("GET /film", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) })
	mux.Handle("GET /", http.FileServer(http.Dir(dir)))
	shown := make(chan struct{})
	show := sync.OnceFunc(func() { close(shown) })
	mux.HandleFunc("GET /shown", func(http.ResponseWriter, *http.Request) { show() })
	mux.HandleFunc("GET /late/frames.json", func(w http.ResponseWriter, r *http.Request) {
		<-shown
		http.ServeFile(w, r, filepath.Join(dir, report.FramesFile))
	})
	mux.HandleFunc("GET /page.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, `const player = document.querySelector("attune-player"), asked = new URLSearchParams(location.search), copy = asked.get("copy") === "true";
			const frames = asked.has("late") ? "/late/frames.json" : "/frames.json";
			player.addEventListener("ready", () => window.ready = true);
			player.film = {src: copy ? "/copy.mp4" : "/film", copy, frames, duration: `, source.Info().Duration.Seconds(), `};
			player.video.requestVideoFrameCallback(() => setTimeout(() => fetch("/shown"), 100));`)
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; connect-src 'self'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="en-GB"><title>Film</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/assets/player.css">
			<script type="application/json" id="messages">%s</script>
			<main><h1>Film</h1><attune-player controls></attune-player></main>
			<script type="module" src="/assets/player.js"></script><script type="module" src="/page.js"></script>`, texts(t, "player"))
	})
	d := filmDesk{httptest.NewServer(mux), source.Playable()}
	t.Cleanup(d.Close)
	return d
}

// texts returns the messages of these files as pages hold them.
func texts(t *testing.T, names ...string) []byte {
	t.Helper()
	all := map[string]any{}
	for _, name := range names {
		text, err := os.ReadFile("../../internal/web/page/messages/" + name + ".en-GB.toml")
		if err != nil {
			t.Fatal(err)
		}
		var read map[string]map[string]any
		if err := toml.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		for key, value := range read[name] {
			all[name+"."+key] = value
		}
	}
	out, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
