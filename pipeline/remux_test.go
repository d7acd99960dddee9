package pipeline

import (
	"path/filepath"
	"testing"
	"time"
)

// A viewing copy shows the film's frames at the film's times, from whatever
// container, and browsers play it.
func TestViewingCopy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		args   []string
		plays  bool // as it is
		copied bool
	}{
		{"f.mp4", []string{"-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"}, true, true},
		{"f.mov", []string{"-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"}, false, true},
		{"f.mkv", []string{"-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "3", "-c:a", "aac"}, false, true},
		{"mp3.mkv", []string{"-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "libmp3lame"}, false, true},
		{"f.ts", []string{"-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "2", "-c:a", "aac"}, false, true},
		{"silent.mkv", []string{"-c:v", "libx264", "-pix_fmt", "yuv420p", "-an"}, false, true},
		{"late.ts", []string{"-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-output_ts_offset", "100"}, false, true},
		{"f.webm", []string{"-c:v", "libvpx", "-c:a", "libopus"}, true, false},
		{"ten.mp4", []string{"-c:v", "libx264", "-pix_fmt", "yuv420p10le", "-c:a", "aac"}, false, false},
		{"444.mp4", []string{"-c:v", "libx264", "-pix_fmt", "yuv444p", "-c:a", "aac"}, false, false},
		{"pcm.mov", []string{"-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le"}, false, false},
		{"f.avi", []string{"-c:v", "mpeg4", "-c:a", "mp2"}, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			made := greyFilm(t, 90, test.name, append([]string{"-f", "lavfi", "-t", "3", "-i", "sine"}, test.args...)...)
			film := mustOpen(t, made, Config{})
			if film.Playable() != test.plays {
				t.Errorf("plays as it is: %v", film.Playable())
			}
			path := filepath.Join(t.TempDir(), "viewing.mp4")
			last := 0.0
			copied, err := film.ViewingCopy(t.Context(), path, ReelConfig{Progress: func(done float64) {
				if done < last || done > 1 {
					t.Errorf("progress %v after %v", done, last)
				}
				last = done
			}})
			if err != nil || copied != test.copied {
				t.Fatalf("copied %v, %v", copied, err)
			}
			if last < 0.9 {
				t.Errorf("progress ended at %v", last)
			}
			viewing := mustOpen(t, path, Config{})
			if !viewing.Playable() {
				t.Errorf("the copy does not play: %+v", viewing.Info())
			}
			want, got := samples(t, film, FramesConfig{Hz: 30}), samples(t, viewing, FramesConfig{Hz: 30})
			if len(want) != len(got) || len(got) != 90 {
				t.Fatalf("%d frames of %d", len(got), len(want))
			}
			for i := range want {
				if a, b := greyFrame(want[i].Picture), greyFrame(got[i].Picture); a != b || !near(want[i].Time, got[i].Time, 2*time.Millisecond) {
					t.Errorf("frame %d: level %d at %v in the film, %d at %v in the copy", i, a, want[i].Time, b, got[i].Time)
				}
			}
			if a, b := len(pcm(t, film)), len(pcm(t, viewing)); (a-b)*10 > SoundRate || (b-a)*10 > SoundRate {
				t.Errorf("%d samples of sound in the film, %d in the copy", a, b)
			}
			if times := probeTimes(t, path); len(times) != 90 {
				t.Errorf("ffprobe finds %d frames", len(times))
			}
		})
	}
}

// A film on its side stays on its side: browsers turn it.
func TestViewingCopyTurned(t *testing.T) {
	t.Parallel()
	upright := greyFilm(t, 30, "f.mp4", "-c:v", "libx264", "-pix_fmt", "yuv420p")
	turned := filepath.Join(t.TempDir(), "turned.mov")
	ffmpeg(t, nil, "-display_rotation", "90", "-i", upright, "-c", "copy", turned)
	film := mustOpen(t, turned, Config{})
	path := filepath.Join(t.TempDir(), "viewing.mp4")
	copied, err := film.ViewingCopy(t.Context(), path, ReelConfig{})
	if err != nil || !copied {
		t.Fatalf("copied %v, %v", copied, err)
	}
	a, b := film.Info(), mustOpen(t, path, Config{}).Info()
	if a.Rotation == 0 || a.Rotation != b.Rotation || a.Width != b.Width {
		t.Errorf("turned by %d in the film, %d in the copy", a.Rotation, b.Rotation)
	}
}

// The last frame is shown in the copy too, where the container does not say how
// long it lasts.
func TestViewingCopyShowsTheLastFrame(t *testing.T) {
	t.Parallel()
	made := greyFilm(t, 90, "f.mkv", "-vf", "settb=1/1000,setpts='N*33+8*mod(N,3)'", "-fps_mode", "passthrough", "-enc_time_base", "1/1000",
		"-c:v", "libx264", "-pix_fmt", "yuv420p")
	film := mustOpen(t, made, Config{})
	path := filepath.Join(t.TempDir(), "viewing.mp4")
	if copied, err := film.ViewingCopy(t.Context(), path, ReelConfig{}); err != nil || !copied {
		t.Fatalf("copied %v, %v", copied, err)
	}
	if times := probeTimes(t, path); len(times) != 90 {
		t.Errorf("ffprobe finds %d frames, want 90", len(times))
	}
}

// Chromium cannot go to an open group: such a film does not play as it is, and is
// not copied as it is.
func TestOpenGroups(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		open bool
		args string
	}{
		{"open", true, "keyint=20:open-gop=1:bframes=3:b-adapt=0:scenecut=0"},
		{"closed", false, "keyint=20:open-gop=0:bframes=3:b-adapt=0:scenecut=0"},
	} {
		film := mustOpen(t, greyFilm(t, 90, "f.mp4", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-x264-params", test.args), Config{})
		samples(t, film, FramesConfig{})
		if film.Playable() == test.open {
			t.Errorf("%s groups: plays as it is: %v", test.name, film.Playable())
		}
		path := filepath.Join(t.TempDir(), "viewing.mp4")
		copied, err := film.ViewingCopy(t.Context(), path, ReelConfig{})
		if err != nil || copied == test.open {
			t.Errorf("%s groups: copied %v, %v", test.name, copied, err)
		}
		viewing := mustOpen(t, path, Config{})
		if n := len(samples(t, viewing, FramesConfig{Hz: 30})); n != 90 || !viewing.Playable() {
			t.Errorf("%s groups: %d frames in the copy, which plays: %v", test.name, n, viewing.Playable())
		}
	}
}
