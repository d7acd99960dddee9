package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"attune/internal/report"
	"attune/internal/vig"
)

func newProbe() *cobra.Command {
	return &cobra.Command{
		Use:   "probe FILM",
		Short: "Say what a film is, and whether it will be taken",
		Long: `Probe opens a film as an analysis would, reads what it says of itself, and tells
whether it will be taken. It does not look at all of it: damage further in shows
only when it is analysed.

Taken are mp4, mov, 3gp, mkv, webm, avi and mpegts with pictures of up to 8192 × 4320
pixels, up to 4 hours, with up to 32 streams. A film of which more than a tenth is
damaged is refused while it is analysed.

Exit codes: 0 it will be taken, 2 it is broken or not a film, 3 it is of a kind
that is not taken.`,
		Example: "  attune probe visit.mov",
		Args:    oneFilm,
		RunE: func(c *cobra.Command, args []string) error {
			film, err := openFilm(c.Context(), args[0])
			if err != nil {
				return err
			}
			defer film.close()
			info := film.Info()
			sound := info.AudioCodec
			if sound == "" {
				sound = "none: moments are found by sight alone"
			}
			t := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintf(t, "container\t%s\n", container(info.Container))
			fmt.Fprintf(t, "length\t%s\n", report.Clock(info.Duration))
			fmt.Fprintf(t, "picture\t%d × %d, %s, about %.3g frames a second\n", info.Width, info.Height, info.VideoCodec, info.FrameRate)
			fmt.Fprintf(t, "turned\t%s\n", turned(info))
			fmt.Fprintf(t, "sound\t%s\n", sound)
			fmt.Fprintf(t, "taken\tyes\n")
			for _, note := range info.Notes {
				fmt.Fprintf(t, "note\t%s\n", note)
			}
			return t.Flush()
		},
	}
}

// containers are the names people know for libav's demuxers.
var containers = map[string]string{
	"mov,mp4,m4a,3gp,3g2,mj2": "mp4/mov",
	"matroska,webm":           "mkv/webm",
}

func container(demuxer string) string {
	if name, ok := containers[demuxer]; ok {
		return name
	}
	return demuxer
}

// turned says how the stored picture lies.
func turned(info vig.FilmInfo) string {
	says := "upright as stored"
	switch info.Rotation {
	case 90, 270:
		says = fmt.Sprintf("stored on its side, shown turned by %d° clockwise", info.Rotation)
	case 180:
		says = "stored upside down, shown turned by 180°"
	}
	if info.Mirrored {
		says += ", mirrored"
	}
	return says
}
