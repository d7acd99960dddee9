package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"attune/internal/remote"
	"attune/internal/report"
	"attune/internal/tusclient"
	"attune/internal/vig"
)

// uploadFlags are the settings of one upload.
type uploadFlags struct {
	code   string
	create bool
	noWait bool
	out    string
	// insecure lets a token go over a network unencrypted.
	insecure bool
}

func newUpload() *cobra.Command {
	var f uploadFlags
	c := &cobra.Command{
		Use:   "upload FILM --case CODE",
		Short: "Send a film to the service, and wait for the draft reel",
		Long: `Upload sends a film to the service that runs on this machine, or to the one of
--server (with a token of its own, in ATTUNE_TOKEN), and shows how far it is: the sending, the place in the queue, the work.
When the draft reel is ready it prints where it is.

Ctrl-C stops at any time. What was sent is kept: the same command goes on where it
stopped. A film that the case has already is not sent again. The case must be there,
so that a mistyped code does not put a film with nobody: --create-case makes it.

Exit codes: 0 done, 1 failed, 2 the film is broken or not a film, 3 it is of a kind
that is not taken, 64 the call was wrong, 130 stopped.`,
		Example: `  attune upload visit.mp4 --case V-17 --create-case
  attune upload visit.mp4 --case V-17 -o results/visit`,
		Args: oneFilm,
		RunE: func(c *cobra.Command, args []string) error {
			return upload(c, args[0], f)
		},
	}
	c.Flags().StringVar(&f.code, "case", "", "code of the client whose film it is")
	c.Flags().BoolVar(&f.create, "create-case", false, "make the case if there is none with that code")
	c.Flags().BoolVar(&f.noWait, "no-wait", false, "end when the film is sent")
	c.Flags().StringVarP(&f.out, "out", "o", "", "also fetch the results into this folder")
	c.Flags().BoolVar(&f.insecure, "insecure", false, "send token and film to another machine by http://, where the network can read them")
	bindSettings(c, setServer, setToken, setData)
	return c
}

func upload(c *cobra.Command, path string, f uploadFlags) error {
	if f.code == "" {
		return usageError{errors.New("say whose film it is: --case CODE")}
	}
	if f.noWait && f.out != "" {
		return usageError{errors.New("--no-wait does not wait for what --out is to fetch")}
	}
	service, err := findService(c, f.insecure)
	if err != nil {
		return err
	}
	film, err := os.Open(path)
	if err != nil {
		return err
	}
	defer film.Close()
	stat, err := film.Stat()
	if err != nil {
		return err
	}
	if !stat.Mode().IsRegular() {
		return vig.Errorf(vig.CodeInvalid, "open film", "%s is not a file", path)
	}
	ctx := c.Context()
	of, err := service.CaseByCode(ctx, f.code)
	if vig.CodeOf(err) == vig.CodeNotFound {
		if !f.create {
			return fmt.Errorf("there is no case with the code %s; --create-case makes it", f.code)
		}
		of, err = service.CreateCase(ctx, f.code)
	}
	if err != nil {
		return err
	}
	bars := newBars(c.ErrOrStderr())
	id, err := send(ctx, service, of, film, stat, bars)
	if err != nil {
		if ctx.Err() != nil {
			bars.say("What was sent is kept: the same command goes on where it stopped.")
		}
		return err
	}
	if f.noWait {
		fmt.Fprintln(c.OutOrStdout(), "Film:   "+service.FilmAddress(id, ""))
		return nil
	}
	if err := await(ctx, service, id, bars); err != nil {
		if ctx.Err() != nil {
			bars.say("The film has arrived, and the work goes on; the same command shows how far it is.")
		}
		return err
	}
	return results(c, service, id, f.out)
}

// send sends the film, or what is missing of it, and returns its id.
func send(ctx context.Context, service *remote.Service, of remote.Case, film *os.File, stat os.FileInfo, bars *bars) (id string, err error) {
	sum, err := hashFilm(ctx, film, stat.Size())
	if err != nil {
		return "", err
	}
	same, there, err := service.SameFilm(ctx, of, sum)
	if err != nil {
		return "", err
	}
	if there {
		bars.say("The case has this film already.")
		if same.State == remote.Failed {
			return same.ID, service.Retry(ctx, same.ID)
		}
		return same.ID, nil
	}
	bar := bars.start("Sending the film")
	defer bar.stop()
	to := tusclient.Client{Endpoint: service.Uploads(), Token: service.Token, Progress: func(done, total int64) {
		bar.set(float64(done) / float64(max(1, total)))
	}}
	begun := begunUpload(service, of, sum)
	if address := begun.read(); address != "" {
		err := to.Send(ctx, address, film, stat.Size())
		if vig.CodeOf(err) != vig.CodeNotFound { // else it has expired
			return finishSending(begun, bar, address, err)
		}
	}
	address, err := to.Create(ctx, stat.Size(), map[string]string{"filename": stat.Name(), "case": of.Code})
	if err != nil {
		return "", err
	}
	if err := begun.write(address); err != nil {
		bars.say("Should this be stopped, it begins anew: %v", err)
	}
	return finishSending(begun, bar, address, to.Send(ctx, address, film, stat.Size()))
}

func finishSending(begun beginning, bar stage, address string, err error) (string, error) {
	if err == nil {
		bar.finish()
	}
	if err == nil || vig.CodeOf(err) != vig.CodeInternal { // it is over
		begun.forget()
	}
	return tusclient.ID(address), err
}

// beginning is the file that remembers the address of an upload that has begun.
// Its name tells nothing of film or case.
type beginning string

func begunUpload(service *remote.Service, of remote.Case, sum string) beginning {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	name := sha256.Sum256([]byte(service.Address + "\n" + of.ID + "\n" + sum))
	return beginning(filepath.Join(dir, "attune", "uploads", hex.EncodeToString(name[:])))
}

func (b beginning) read() string {
	text, _ := os.ReadFile(string(b)) // none is none
	return strings.TrimSpace(string(text))
}

func (b beginning) write(address string) error {
	if b == "" {
		return errors.New("this user has no folder to remember it in")
	}
	if err := os.MkdirAll(filepath.Dir(string(b)), folderMode); err != nil {
		return err
	}
	return renameio.WriteFile(string(b), []byte(address+"\n"), fileMode)
}

func (b beginning) forget() { _ = os.Remove(string(b)) }

// await shows how far a film is until there is nothing more to wait for.
func await(ctx context.Context, service *remote.Service, id string, bars *bars) error {
	var last remote.Film
	var bar stage
	var stage string
	end := func() {
		if bar != nil {
			bar.stop()
		}
		bar, stage = nil, ""
	}
	defer end()
	err := service.Watch(ctx, id, func(f remote.Film) bool {
		if f.State != last.State || f.Place != last.Place {
			end()
			switch f.State {
			case "queued":
				bars.say("In the queue: place %d", f.Place)
			case "analysing":
				bars.say("Being looked at")
			}
		}
		last = f
		switch f.State {
		case remote.Ready, remote.Confirmed, remote.Refused, remote.Failed, remote.Forgotten:
			return true
		}
		return false
	}, func(p remote.Progress) {
		if bar == nil || p.Stage != stage {
			end()
			if p.Stage == "" {
				return
			}
			bar, stage = bars.start(p.Stage), p.Stage
		}
		bar.set(p.Share)
	})
	if err != nil {
		return err
	}
	switch last.State {
	case remote.Ready, remote.Confirmed:
		return nil
	case remote.Refused:
		return vig.Errorf(vig.CodeInvalid, "the film is refused", "%s", last.Reason)
	default:
		return vig.Errorf(vig.CodeInternal, "the film is "+last.State, "%s", last.Reason)
	}
}

// results says what was found and where it is, and fetches it into dir if there
// is one.
func results(c *cobra.Command, service *remote.Service, id, dir string) error {
	out := c.OutOrStdout()
	if dir != "" {
		page, err := fetchResults(c.Context(), service, id, dir)
		if err != nil {
			return err
		}
		tell(c, dir, page)
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out, "Film on the service, for the browser: "+service.FilmPage(id))
	fmt.Fprintln(out, "For programs, by token: "+service.FilmAddress(id, ""))
	return nil
}

// fetchResults fills dir as 'attune analyze' would have.
func fetchResults(ctx context.Context, service *remote.Service, id, dir string) (report.Page, error) {
	var page report.Page
	folder, err := newFolder(dir)
	if err != nil {
		return page, err
	}
	defer folder.discard()
	fetch := func(name string) error {
		return folder.file(name, func(w io.Writer) error { return service.Fetch(ctx, service.FilmAddress(id, name), w) })
	}
	for _, name := range []string{report.AnalysisFile, report.ObservationsFile, report.PageFile} {
		if err := fetch(name); err != nil {
			return page, err
		}
	}
	for _, name := range []string{report.SignalsFile, report.FramesFile} {
		err := fetch(name)
		if vig.CodeOf(err) == vig.CodeNotFound { // analysed by a version that made none
			err = os.Remove(folder.path(name))
		}
		if err != nil {
			return page, err
		}
	}
	if page.Analysis, err = readResult(folder.path(report.AnalysisFile)); err != nil {
		return page, err
	}
	if len(page.Analysis.Moments) > 0 {
		if err := os.Mkdir(folder.path(stillsDir), folderMode); err != nil {
			return page, err
		}
	}
	for _, m := range page.Analysis.Moments {
		if err := fetch(filepath.Join(stillsDir, m.ID+".jpg")); err != nil {
			return page, err
		}
	}
	if len(page.Analysis.DraftReel) > 0 {
		page.Reel = reelFile
		if err := fetch(reelFile); err != nil {
			return page, err
		}
	}
	return page, folder.publish()
}
