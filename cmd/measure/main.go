// Command measure prints how well and how fast Attune works: tables for make
// accuracy and make bench. It runs the built program as its user would, on
// synthetic films whose truth is known, beside plain alternatives.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	root := &cobra.Command{Use: "measure", Short: "Measure how well and how fast Attune works", SilenceUsage: true, SilenceErrors: true}
	root.AddCommand(newAccuracy(), newBench(), newMemory(), newStability(), newDraw())
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}
