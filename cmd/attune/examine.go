package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"golang.org/x/sync/errgroup"

	"attune/analysis"
	"attune/analysis/observe"
	"attune/internal/vig"
	"attune/pipeline"
)

// examine takes a film from its bytes to all that is measured on it, and
// returns that and the SHA-256 of the bytes in hex. Looking, listening and hashing
// go on side by side, and the first that fails ends the others.
func examine(ctx context.Context, film *film, d detector, hz float64, p progress) (vig.Recording, string, error) {
	info := film.Info()
	rec := vig.Recording{
		Duration: info.Duration,
		Aspect:   float64(info.Width) / float64(info.Height),
	}
	observer, err := observe.New(d.config)
	if err != nil {
		return rec, "", vig.Errorf(vig.CodeInternal, "look at film", "%w", err) // of this machine, not of the film
	}
	defer observer.Close()

	bar := p.start("Looking and listening")
	defer bar.stop()
	var sum string
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		sum, err = hashFilm(ctx, film.bytes, film.size)
		return err
	})
	group.Go(func() (err error) {
		rec.Sound, err = listen(ctx, film)
		return err
	})
	group.Go(func() error {
		for sample, err := range film.Frames(ctx, pipeline.FramesConfig{Hz: hz}) {
			if err != nil {
				return err
			}
			seen, err := observer.Observe(ctx, sample)
			if err != nil {
				return err
			}
			rec.Observations = append(rec.Observations, seen)
			bar.set(sample.Time.Seconds() / info.Duration.Seconds())
		}
		return nil
	})
	if err := group.Wait(); err != nil {
		return rec, "", err
	}
	bar.finish()
	return rec, sum, nil
}

func listen(ctx context.Context, film *film) ([]vig.SoundFrame, error) {
	if film.Info().AudioCodec == "" {
		return nil, nil
	}
	voice := analysis.NewVoice()
	for sound, err := range film.Sound(ctx) {
		if err != nil {
			return nil, err
		}
		voice.Write(sound.PCM)
	}
	return voice.Frames(), nil
}

// hashFilm returns the SHA-256 of a film's bytes in hex.
func hashFilm(ctx context.Context, film io.ReaderAt, size int64) (string, error) {
	hash := sha256.New()
	buf := make([]byte, 1<<20)
	for at := int64(0); at < size; {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, err := film.ReadAt(buf[:min(int64(len(buf)), size-at)], at)
		hash.Write(buf[:n])
		at += int64(n)
		if err != nil && (err != io.EOF || at < size) {
			return "", vig.Errorf(vig.CodeInternal, "read film", "%w", err)
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
