package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
	"unicode"

	tus "github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/memorylocker"
	expslog "golang.org/x/exp/slog"

	"attune/internal/store"
	"attune/internal/vig"
)

// uploadsPath is where films are sent by tus. The id of an upload is that of its
// film.
const uploadsPath = "/api/v1/uploads/"

// uploads takes in films that are sent in pieces. The records say which there
// are and what became of each; the staging folder has the bytes of those that
// are not taken in yet.
type uploads struct {
	Config
	log     *slog.Logger
	staging staging
	locker  *memorylocker.MemoryLocker // of each upload: one request, or expire, is at it
	handler http.Handler
	arrived chan struct{} // that a film is whole: has one, or none
	taking  chan struct{} // has one for each film that is being taken in
	looking chan struct{} // has one for each film that is looked into early
	busy    busyFilms
	waiting waitingFilms

	making sync.Mutex // held while room is promised to a film

	receiving sync.Mutex
}

// newUploads returns what answers requests under uploadsPath. It takes no film
// in unless tend runs.
func newUploads(cfg Config) (*uploads, error) {
	staging, err := openStaging(cfg.Staging)
	if err != nil {
		return nil, err
	}
	if cfg.Free == nil {
		cfg.Free = staging.free
	}
	u := &uploads{
		Config: cfg, log: cfg.Logger, staging: staging,
		locker:  memorylocker.New(), // the staging folder is this process's alone
		arrived: make(chan struct{}, 1), taking: make(chan struct{}, takenAtOnce), looking: make(chan struct{}, earlyAtOnce),
	}
	parts := tus.NewStoreComposer()
	parts.UseCore(u)
	parts.UseTerminater(u)
	u.locker.UseIn(parts)
	routed, err := tus.NewHandler(tus.Config{
		StoreComposer:   parts,
		MaxSize:         cfg.MaxUpload,
		BasePath:        uploadsPath,
		DisableDownload: true,
		Cors:            &tus.CorsConfig{Disable: true}, // pages of other sites have no business here
		// It writes addresses and what clients say of their films.
		Logger: expslog.New(expslog.NewTextHandler(io.Discard, nil)),
		// What has to be done after a connection broke does not ask its context.
		GracefulRequestCompletionTimeout: time.Millisecond,
	})
	if err != nil {
		return nil, vig.Errorf(vig.CodeInternal, "make uploads", "%w", err)
	}
	u.handler = http.StripPrefix(uploadsPath, routed)
	return u, nil
}

// upload answers one request of tus.
func (h *Web) upload(w http.ResponseWriter, r *http.Request) error {
	const op = "find upload"
	if h.uploads == nil {
		return vig.Errorf(codeUnavailable, op, "films cannot be sent to this machine")
	}
	if r.Header.Get("X-HTTP-Method-Override") != "" {
		// The routes decide by the method; no other may come in its place.
		return vig.Errorf(vig.CodeInvalid, op, "the header X-HTTP-Method-Override is not taken")
	}
	h.uploads.handler.ServeHTTP(&tusAnswer{ResponseWriter: w}, r)
	return nil
}

// NewUpload makes a film, and the place where it grows. It is part of
// [tus.DataStore], as are the methods below.
func (u *uploads) NewUpload(ctx context.Context, info tus.FileInfo) (tus.Upload, error) {
	film, err := u.create(ctx, info)
	if err != nil {
		return nil, u.refusal(ctx, "", err)
	}
	u.log.InfoContext(ctx, "upload began", "film", film.ID, "bytes", film.Size)
	return &upload{uploads: u, id: film.ID, at: stagedProgress{Size: film.Size}}, nil
}

func (u *uploads) create(ctx context.Context, info tus.FileInfo) (store.Film, error) {
	if info.Size == 0 {
		return store.Film{}, vig.Errorf(vig.CodeInvalid, "create film", "the file is empty")
	}
	cycle, err := u.cycleOf(ctx, info.MetaData)
	if err != nil {
		return store.Film{}, err
	}
	film, err := u.Store.CreateFilm(ctx, store.FilmDraft{Cycle: cycle, Name: filmName(info.MetaData["filename"]), Size: info.Size})
	if err != nil {
		return store.Film{}, err
	}
	if err := u.begin(film.ID, film.Size); err != nil {
		ctx := context.WithoutCancel(ctx)
		return store.Film{}, errors.Join(err, u.Store.ForgetUpload(ctx, film.ID), u.staging.remove(film.ID))
	}
	return film, nil
}

// cycleOf returns the cycle that a film is to belong to: the one of that id, or
// the latest of the case of that code. It must be of the account that asks.
func (u *uploads) cycleOf(ctx context.Context, said tus.MetaData) (store.CycleID, error) {
	const op = "find case"
	guider := accountOf(ctx).ID
	switch {
	case said["cycle"] != "":
		cycle, err := u.Store.Cycle(ctx, store.CycleID(said["cycle"]))
		if err != nil {
			return "", err
		}
		of, err := u.Store.Case(ctx, cycle.Case)
		if err == nil && of.Guider != guider {
			err = &vig.Error{Code: vig.CodeNotFound, Op: "find cycle: it is another's"}
		}
		return cycle.ID, err
	case said["case"] != "":
		of, err := u.Store.CaseByCode(ctx, guider, said["case"])
		if err != nil {
			return "", err
		}
		cycles, err := u.Store.Cycles(ctx, of.ID)
		if err != nil {
			return "", err
		}
		if len(cycles) == 0 {
			return "", vig.Errorf(vig.CodeConflict, op, "the case has no cycle")
		}
		return cycles[len(cycles)-1].ID, nil
	}
	return "", vig.Errorf(vig.CodeInvalid, op, "the film comes without 'case' or 'cycle' in its Upload-Metadata")
}

// longestName is that of file systems, in bytes.
const longestName = 255

// filmName makes a name to show of what a client calls its file, which may be
// a path, and anything.
func filmName(said string) string {
	name := path.Base(strings.ReplaceAll(strings.ToValidUTF8(said, ""), `\`, "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name))
	if len(name) > longestName {
		name = strings.ToValidUTF8(name[:longestName], "")
	}
	if name == "" || name == "." || name == "/" {
		return "film"
	}
	return name
}

// GetUpload finds an upload of the account that asks. One that has been taken in
// has all its bytes; one that was refused is gone.
func (u *uploads) GetUpload(ctx context.Context, id string) (tus.Upload, error) {
	found, err := u.find(ctx, id)
	if err != nil {
		return nil, u.refusal(ctx, store.FilmID(id), err)
	}
	return found, nil
}

func (u *uploads) find(ctx context.Context, id string) (*upload, error) {
	const op = "find upload"
	if len(id) > maxID || strings.ContainsFunc(id, func(r rune) bool {
		return r != '-' && (r < '0' || r > 'z' || !unicode.IsLetter(r) && !unicode.IsDigit(r))
	}) {
		return nil, &vig.Error{Code: vig.CodeNotFound, Op: op} // and no name of a file
	}
	film, err := u.Store.Film(ctx, store.FilmID(id))
	if err != nil {
		return nil, err
	}
	if film.Guider != accountOf(ctx).ID {
		return nil, &vig.Error{Code: vig.CodeNotFound, Op: "find upload: it is another's"}
	}
	switch film.State {
	case store.FilmUploading:
		at, err := u.staging.load(film.ID)
		return &upload{uploads: u, id: film.ID, at: at}, err
	case store.FilmRefused, store.FilmForgotten:
		return nil, &vig.Error{Code: codeGone, Op: op, Err: errors.New(film.Reason)}
	default:
		return &upload{uploads: u, id: film.ID, at: stagedProgress{Size: film.Size, Offset: film.Size}}, nil
	}
}

// upload is one film that is being sent.
type upload struct {
	*uploads
	id store.FilmID
	at stagedProgress
}

// GetInfo says how far the upload is.
func (up *upload) GetInfo(context.Context) (tus.FileInfo, error) {
	return tus.FileInfo{ID: string(up.id), Size: up.at.Size, Offset: up.at.Offset}, nil
}

// GetReader is not used: nobody gets an upload back.
func (up *upload) GetReader(context.Context) (io.ReadCloser, error) {
	return nil, tus.ErrNotImplemented
}

// WriteChunk stores the bytes of one request. What it returns is certain: it is
// on the disk.
func (up *upload) WriteChunk(ctx context.Context, offset int64, src io.Reader) (int64, error) {
	ctx = context.WithoutCancel(ctx) // a connection that broke has brought something too
	n, err := up.write(ctx, offset, src)
	if err != nil {
		return n, up.refusal(ctx, up.id, err)
	}
	return n, nil
}

// piece is how much is read at once.
const piece = 256 << 10

// touchEvery is how often the record is told that an upload moves.
const touchEvery = time.Minute

func (up *upload) write(ctx context.Context, offset int64, src io.Reader) (n int64, err error) {
	if err := up.Store.TouchUpload(ctx, up.id); err != nil {
		return 0, err
	}
	to, err := up.staging.add(up.id)
	if err != nil {
		return 0, err
	}
	defer func() {
		err = errors.Join(err, to.close())
	}()
	if to.at.Offset != offset {
		return 0, tus.ErrMismatchOffset
	}
	touched := time.Now()
	buffer := make([]byte, piece)
	for {
		got, readErr := io.ReadFull(src, buffer)
		before := to.end()
		_, err := to.Write(buffer[:got])
		if err == nil {
			err = up.look(ctx, to, before)
		}
		if err != nil {
			return to.at.Offset - offset, err
		}
		if readErr != nil {
			break // the end, or the connection broke
		}
		if time.Since(touched) > touchEvery {
			touched = time.Now()
			if err := up.Store.TouchUpload(ctx, up.id); err != nil {
				return to.at.Offset - offset, err
			}
		}
	}
	err = to.commit()
	up.at = to.at
	return to.at.Offset - offset, err
}

// look looks at the film as soon as there is enough of it to tell that it is
// none, and refuses it then: nobody is to send the rest for nothing.
func (up *upload) look(ctx context.Context, to *appending, before int64) error {
	if need := min(signatureLength, to.at.Size); before < need && to.end() >= need {
		head, err := to.head(signatureLength)
		if err == nil {
			err = checkSignature(head)
		}
		if err != nil {
			return up.refuse(ctx, up.id, err)
		}
	}
	if need := min(earlyLength, to.at.Size); before < need && to.end() >= need {
		return up.lookEarly(ctx, up.id, to)
	}
	return nil
}

// FinishUpload is told that all bytes are there.
func (up *upload) FinishUpload(ctx context.Context) error {
	up.log.InfoContext(ctx, "upload is whole", "film", up.id)
	up.wake()
	return nil
}

// AsTerminatableUpload is part of [tus.TerminaterDataStore].
func (u *uploads) AsTerminatableUpload(of tus.Upload) tus.TerminatableUpload {
	return of.(*upload)
}

// Terminate gives an upload up. One that is whole has been taken on: it is too
// late.
func (up *upload) Terminate(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	if up.at.whole() {
		return up.refusal(ctx, up.id, vig.Errorf(vig.CodeConflict, "give upload up", "all of the film has arrived; cancel the film instead"))
	}
	if err := up.Store.ForgetUpload(ctx, up.id); err != nil && vig.CodeOf(err) != vig.CodeNotFound {
		return up.refusal(ctx, up.id, err)
	}
	up.log.InfoContext(ctx, "upload was given up", "film", up.id)
	if err := up.staging.remove(up.id); err != nil {
		return up.refusal(ctx, up.id, err)
	}
	return nil
}

// refusal is err as tusd answers it, in the form of all answers of the service.
func (u *uploads) refusal(ctx context.Context, film store.FilmID, err error) error {
	if _, ok := errors.AsType[tus.Error](err); ok {
		return err
	}
	if isFull(err) && vig.CodeOf(err) != codeFull {
		err = vig.Errorf(codeFull, "store film", "there is no room left for films")
	}
	if code := vig.CodeOf(err); code == vig.CodeInternal || code == codeFull {
		u.log.ErrorContext(ctx, "upload failed", "film", film, "error", err)
	}
	status, body := answerTo(err)
	return tus.Error{
		ErrorCode: string(vig.CodeOf(err)),
		HTTPResponse: tus.HTTPResponse{
			StatusCode: status, Body: string(body),
			Header: tus.HTTPHeader{"Content-Type": "application/json"},
		},
	}
}
