package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"attune/internal/vig"
)

// version is set by the linker: see the Makefile.
var version = "unknown"

// The exit codes. 64 is EX_USAGE of sysexits.h; 130 is what shells give for
// a program ended by Ctrl-C (128 + SIGINT).
const (
	exitOK          = 0
	exitFailed      = 1
	exitInvalid     = 2
	exitUnsupported = 3
	exitUsage       = 64
	exitInterrupted = 130
)

// usageError is a mistake in the words of the call.
type usageError struct{ error }

// run is the program without the process: it runs the call named by args and
// returns its exit code.
func run(args []string, stdout, stderr io.Writer) int {
	// A closed window (SIGHUP) stops the work as Ctrl-C does. After the first of
	// them the next one ends the program at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop)
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "attune: stopped; nothing was left half-written")
		return exitInterrupted
	}
	if status, ok := errors.AsType[exitStatus](err); ok {
		return int(status)
	}
	fmt.Fprintln(stderr, "attune: "+strings.ReplaceAll(err.Error(), "\n", " "))
	return exitCode(err)
}

func exitCode(err error) int {
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	switch vig.CodeOf(err) {
	case vig.CodeInvalid:
		return exitInvalid
	case vig.CodeUnsupported:
		return exitUnsupported
	default:
		return exitFailed
	}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "attune",
		Short: "Find candidate attuned moments in the film of a guidance session",
		Long: `Attune takes the film of a Video Interaction Guidance session, looks for moments in
which the adult and the child receive and answer each other, and cuts a short
draft reel. It suggests and shows the evidence; the guider decides. Everything
stays on this machine.`,
		Example: `  attune sample -o sample.mp4        make a synthetic film to try things with
  attune analyze sample.mp4          look for moments, write reel and report
  attune probe visit.mov             say what a film is and whether it is taken
  attune serve                       run the service, for more than one film
  attune upload visit.mov --case V7  send it a film, and wait for the draft reel
  attune doctor                      say what is installed and what is missing`,
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArgs,
		RunE:          showHelp,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see '%s --help'", err, c.CommandPath())}
	})
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(newAnalyze(), newProbe(), newSample(), newCompare(), newModels(), newDoctor(), newMedia(),
		newServe(), newWorker(), newUpload(), newAccount(), newFilm(), newConfig())
	return root
}

// oneFilm takes exactly one argument, the film.
func oneFilm(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError{fmt.Errorf("name one film: '%s'; see --help", c.UseLine())}
	}
	return nil
}

// noArgs takes no arguments; what stands there may be a misspelt command.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("unknown command %q; see '%s --help'", args[0], c.CommandPath())}
	}
	return nil
}

// showHelp is what a command that only has subcommands does by itself.
func showHelp(c *cobra.Command, _ []string) error { return c.Help() }
