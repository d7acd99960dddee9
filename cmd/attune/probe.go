package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func newProbe() *cobra.Command {
	return &cobra.Command{
		Use:   "probe FILM",
		Short: "Say what a film is, and whether it will be taken",
		Long: `Probe opens a film as an analysis would, reads what it says of itself, and tells
whether it will be taken. It does not look at all of it: damage further in shows
only when it is analysed.

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
			turned := "upright as stored"
			if info.Rotation != 0 {
				turned = fmt.Sprintf("stored on its side, shown turned by %d° clockwise", info.Rotation)
			}
			if info.Mirrored {
				turned += ", mirrored"
			}
			t := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintf(t, "container\t%s\n", info.Container)
			fmt.Fprintf(t, "length\t%s\n", round(info.Duration))
			fmt.Fprintf(t, "picture\t%d × %d, %s, about %.3g frames a second\n", info.Width, info.Height, info.VideoCodec, info.FrameRate)
			fmt.Fprintf(t, "turned\t%s\n", turned)
			fmt.Fprintf(t, "sound\t%s\n", sound)
			fmt.Fprintf(t, "taken\tyes\n")
			for _, note := range info.Notes {
				fmt.Fprintf(t, "note\t%s\n", note)
			}
			return t.Flush()
		},
	}
}
