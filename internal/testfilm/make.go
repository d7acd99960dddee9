package testfilm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"attune/internal/vig"
)

// Make renders f into the file at path, which it replaces, and returns what is
// to be seen in it. It needs the ffmpeg program. The same film gives the same
// frames and sound; the same ffmpeg gives the same bytes. progress, if not nil,
// is told after each frame what share of the film is drawn, up to 1.
func Make(ctx context.Context, path string, f Film, progress func(share float64)) (*Truth, error) {
	const op = "make test film"
	f = f.whole()
	if f.Width%2 != 0 || f.Height%2 != 0 || f.Rotation%90 != 0 {
		return nil, vig.Errorf(vig.CodeInvalid, op, "size %d×%d, rotation %d: want even sizes and quarter turns", f.Width, f.Height, f.Rotation)
	}
	if f.Rotation != 0 && f.Container != MP4 {
		return nil, vig.Errorf(vig.CodeInvalid, op, "rotation in %s: only mp4 films are turned", f.Container)
	}
	var err error
	switch f.Damage {
	case Empty:
		err = os.WriteFile(path, nil, 0o644)
	case NotAFilm:
		err = os.WriteFile(path, []byte(strings.Repeat("This is a letter about a film, not a film.\n", 200)), 0o644)
	default:
		if progress == nil {
			progress = func(float64) {}
		}
		err = f.encode(ctx, path, progress)
	}
	if err != nil {
		return nil, vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	return f.truth(), nil
}

// encode renders f and has ffmpeg write it.
func (f Film) encode(ctx context.Context, path string, progress func(float64)) error {
	dir, err := os.MkdirTemp(filepath.Dir(path), ".testfilm-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	wav := filepath.Join(dir, "sound.wav")
	if !f.Silent {
		if err := f.writeSound(wav); err != nil {
			return fmt.Errorf("sound: %w", err)
		}
	}
	out := filepath.Join(dir, "film"+f.Container.Ext())
	render := func(w io.Writer) error { return f.render(ctx, w, progress) }
	if err := ffmpeg(ctx, render, f.arguments(wav, out)...); err != nil {
		return err
	}
	if f.Rotation != 0 || f.Repeat > 1 {
		copied := filepath.Join(dir, "copy"+f.Container.Ext())
		args := []string{
			"-display_rotation:v:0", strconv.Itoa(-f.Rotation), // counts against the clock
			"-stream_loop", strconv.Itoa(max(0, f.Repeat-1)),
			"-i", out, "-c", "copy",
		}
		if err := ffmpeg(ctx, unfed, append(args, f.muxing(copied)...)...); err != nil {
			return err
		}
		out = copied
	}
	if f.Damage == Truncated {
		info, err := os.Stat(out)
		if err != nil {
			return err
		}
		if err := os.Truncate(out, info.Size()*3/5); err != nil {
			return err
		}
	}
	return os.Rename(out, path)
}

// render writes the raw frames in order, several being rendered at once.
func (f Film) render(ctx context.Context, w io.Writer, progress func(float64)) error {
	var working sync.WaitGroup
	defer working.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := newStudio(f)
	times := f.frames()
	workers := runtime.GOMAXPROCS(0)
	frames := make(chan chan []byte, workers) // in order, each sent when it is rendered
	free := make(chan []byte, workers+2)
	working.Go(func() {
		defer close(frames)
		for n, t := range times {
			frame := make(chan []byte, 1)
			select {
			case frames <- frame:
			case <-ctx.Done():
				return
			}
			working.Go(func() {
				var bgr []byte
				select {
				case bgr = <-free:
				default:
					bgr = make([]byte, 3*f.Width*f.Height)
				}
				s.frame(bgr, n, t)
				frame <- bgr
			})
		}
	})
	drawn := 0.0
	for frame := range frames {
		bgr := <-frame
		if _, err := w.Write(bgr); err != nil {
			return err
		}
		drawn++
		progress(drawn / float64(len(times)))
		select {
		case free <- bgr:
		default:
		}
	}
	return ctx.Err()
}

// ffmpeg runs the program; what feed writes is its standard input.
func ffmpeg(ctx context.Context, feed func(io.Writer) error, args ...string) error {
	cmd := exec.CommandContext(ctx, "ffmpeg", append([]string{"-nostdin", "-hide_banner", "-loglevel", "error", "-y"}, args...)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	fed := errors.Join(feed(in), in.Close())
	err = cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil: // what it says tells more than a broken pipe
		return fmt.Errorf("ffmpeg: %w: %s", err, bytes.TrimSpace(said.Bytes()))
	}
	return fed
}

// unfed is for runs of ffmpeg that read files alone.
func unfed(io.Writer) error { return nil }

// arguments are those of the encoding run.
func (f Film) arguments(wav, out string) []string {
	args := []string{
		"-f", "rawvideo", "-pix_fmt", "bgr24", "-video_size", fmt.Sprintf("%dx%d", f.Width, f.Height),
		// mp4 leaves out what lies before 0: if the sound comes first, the
		// picture is late instead.
		"-framerate", strconv.Itoa(f.FPS), "-itsoffset", seconds(max(0, -f.SoundDelay)), "-i", "pipe:0",
	}
	if !f.Silent {
		args = append(args, "-itsoffset", seconds(max(0, f.SoundDelay)), "-i", wav)
	}
	args = append(args, "-vf", f.filters(), "-fps_mode", "passthrough")
	if f.Timing != Constant {
		// setpts forgets how long a frame lasts, and the mp4 muxer then shows
		// the last one for no time at all.
		args = append(args, "-enc_time_base:v", "1:1000", "-bsf:v", fmt.Sprintf("setts=duration=%d", 1000/f.FPS))
	}
	args = append(args, f.videoCodec()...)
	if !f.Silent {
		if f.Codec == VP9 {
			args = append(args, "-c:a", "libopus", "-b:a", "64k")
		} else {
			args = append(args, "-c:a", "aac", "-b:a", "96k")
		}
	}
	if f.Start != 0 {
		args = append(args, "-output_ts_offset", seconds(f.Start))
	}
	return append(args, f.muxing(out)...)
}

// filters turn the picture sideways, give the frames their times and say
// which colours they have.
func (f Film) filters() string {
	var chain []string
	switch f.Rotation {
	case 90:
		chain = append(chain, "transpose=cclock")
	case 180:
		chain = append(chain, "hflip,vflip")
	case 270:
		chain = append(chain, "transpose=clock")
	}
	switch f.Timing {
	case Swing:
		chain = append(chain, fmt.Sprintf("settb=1/1000,setpts=round(%g*N+%g*sin(%g*N))", swingMean, swingDepth, swingRate))
	case Hole:
		chain = append(chain, fmt.Sprintf("settb=1/1000,setpts=floor(N*1000/%d)+gte(N\\,%d)*%d", f.FPS, f.holeFrame(), HoleLength.Milliseconds()))
	}
	chain = append(chain, "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p")
	return strings.Join(chain, ",")
}

// videoCodec are the encoder's settings: fast, with the picture good enough
// for the strips and the faces.
func (f Film) videoCodec() []string {
	args := []string{"-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv", "-threads:v", "2"}
	switch f.Codec {
	case HEVC:
		return append(args, "-c:v", "libx265", "-preset", "ultrafast", "-crf", "24", "-tag:v", "hvc1", "-x265-params", "log-level=error:pools=none:frame-threads=1")
	case VP9:
		return append(args, "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-crf", "30", "-b:v", "0", "-g", "100")
	}
	args = append(args, "-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-g", "50")
	if f.BFrames {
		return append(args, "-bf", "3", "-x264-params", "b-pyramid=normal:b-adapt=0:open-gop=1")
	}
	return append(args, "-bf", "0")
}

func (f Film) muxing(out string) []string {
	args := []string{"-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1"}
	if f.Container == MP4 && f.FastStart {
		args = append(args, "-movflags", "+faststart")
	}
	if f.Container == MP4 && f.Timing != Constant {
		args = append(args, "-video_track_timescale", "1000")
	}
	return append(args, out)
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }
