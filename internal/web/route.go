package web

import (
	"context"
	"net/http"
	"time"

	"attune/internal/store"
	"attune/internal/vig"
)

// route is one kind of request and what answers it.
type route struct {
	pattern string
	access  access
	handle  handler

	// page says that people look at the answer: what fails is told on a page, and
	// who is not signed in is asked to.
	page bool

	// unattended says that a page asks by itself, again and again: that is no use
	// of the session.
	unattended bool

	// slow says that the request or its answer may take as long as it likes, as
	// long as something moves: films, events.
	slow bool
}

// handler answers a request, or says why not. After it has begun to answer it
// returns nil.
type handler func(w http.ResponseWriter, r *http.Request) error

// access is who may send a request.
type access struct {
	public bool
	roles  []store.Role // none is every account
	owned  bool         // what it is about is its guider's, and for others there is nothing
	shared bool         // unless it is shared with them
}

// Those who may send requests.
var (
	everybody = access{public: true}
	accounts  = access{}
	guiders   = access{roles: []store.Role{store.RoleGuider}}
	admins    = access{roles: []store.Role{store.RoleAdmin}}
	// readers have cases to look at: their own, or those shared with them.
	readers = access{roles: []store.Role{store.RoleGuider, store.RoleSupervisor}}
	// owners is every account too: the handler finds only what is the account's
	// (ownCase and the like), and for everybody else there is nothing.
	owners = access{owned: true}
	// viewers is every account too: the handler finds only what is the account's or
	// is shared with it (seenCase and the like).
	viewers = access{owned: true, shared: true}
)

// routes are all requests that are answered.
func (h *Web) routes() []route {
	return []route{
		{pattern: "GET /healthz", access: everybody, handle: h.healthz},
		{pattern: "GET /readyz", access: everybody, handle: h.readyz},
		{pattern: "GET /api/v1/openapi.yaml", access: everybody, handle: h.openapi},
		{pattern: "GET /assets/{asset}", access: everybody, handle: h.getAsset},

		{pattern: "GET /{$}", access: accounts, page: true, handle: h.homePage},
		{pattern: "GET /accessibility", access: everybody, page: true, handle: h.accessibilityPage},
		{pattern: "POST /cases", access: guiders, page: true, handle: h.makeCase},
		{pattern: "GET /cases/{case}", access: viewers, page: true, handle: h.casePage},
		{pattern: "POST /cases/{case}", access: owners, page: true, handle: h.editCase},
		{pattern: "POST /cases/{case}/archive", access: owners, page: true, handle: h.archiveCase},
		{pattern: "POST /cases/{case}/cycles", access: owners, page: true, handle: h.makeCycle},
		{pattern: "GET /cycles/{cycle}", access: viewers, page: true, handle: h.cyclePage},
		{pattern: "GET /cycles/{cycle}/now", access: viewers, page: true, handle: h.cyclePage, unattended: true},
		{pattern: "POST /cycles/{cycle}", access: owners, page: true, handle: h.editCycle},
		{pattern: "POST /cycles/{cycle}/done", access: owners, page: true, handle: h.endCycle},
		{pattern: "GET /films/{film}/review", access: viewers, page: true, handle: h.reviewPage},
		{pattern: "GET /keys", access: everybody, page: true, handle: h.keysPage},

		{pattern: "GET " + signInPath, access: everybody, handle: h.showSignIn, page: true},
		{pattern: "POST " + signInPath, access: everybody, handle: h.signIn, page: true},
		{pattern: "POST " + signInPath + "/elsewhere", access: everybody, handle: h.goElsewhere, page: true},
		{pattern: "GET " + ElsewherePath, access: everybody, handle: h.comeBack, page: true},
		{pattern: "POST /sign-out", access: everybody, handle: h.signOut, page: true},
		{pattern: "GET " + WelcomePath + "{secret}", access: everybody, handle: h.showWelcome, page: true},
		{pattern: "POST " + WelcomePath + "{secret}", access: everybody, handle: h.welcome, page: true},
		{pattern: "POST " + WelcomePath + "{secret}/elsewhere", access: everybody, handle: h.welcomeElsewhere, page: true},

		{pattern: "GET /account", access: accounts, handle: h.showAccount, page: true},
		{pattern: "POST /account/password", access: accounts, handle: h.changePassword, page: true},
		{pattern: "POST /account/sign-out", access: accounts, handle: h.signOutEverywhere, page: true},
		{pattern: "POST /account/tokens", access: accounts, handle: h.makeToken, page: true},
		{pattern: "POST /account/tokens/{token}/delete", access: accounts, handle: h.deleteToken, page: true},
		{pattern: "GET /admin/accounts", access: admins, handle: h.showAccounts, page: true},
		{pattern: "POST /admin/accounts", access: admins, handle: h.addAccount, page: true},
		{pattern: "POST /admin/accounts/{account}/disable", access: admins, handle: h.disableAccount, page: true},
		{pattern: "POST /admin/accounts/{account}/enable", access: admins, handle: h.enableAccount, page: true},
		{pattern: "POST /admin/accounts/{account}/reset", access: admins, handle: h.resetAccount, page: true},

		{pattern: "POST /cases/{case}/shares", access: owners, handle: h.shareCase, page: true},
		{pattern: "POST /cases/{case}/shares/{account}/end", access: owners, handle: h.endShare, page: true},

		{pattern: "GET /api/v1/me", access: accounts, handle: h.me},
		{pattern: "GET /api/v1/queues", access: admins, handle: h.listQueues},
		{pattern: "POST /api/v1/queues/{queue}/pause", access: admins, handle: h.pauseQueue},
		{pattern: "POST /api/v1/queues/{queue}/resume", access: admins, handle: h.resumeQueue},
		{pattern: "GET /api/v1/work", access: admins, handle: h.listWork},
		{pattern: "POST /api/v1/work/{kind}/{id}/cancel", access: admins, handle: h.cancelWork},
		{pattern: "POST /api/v1/work/{kind}/{id}/retry", access: admins, handle: h.retryWork},
		{pattern: "GET /api/v1/workers", access: admins, handle: h.listWorkers},
		{pattern: "GET /api/v1/storage", access: admins, handle: h.getStorage},

		{pattern: "GET /admin", access: admins, handle: h.showService, page: true},
		{pattern: "GET /admin/state", access: admins, handle: h.showService, page: true, unattended: true},
		{pattern: "POST /admin/pause", access: admins, handle: h.pauseFromPage, page: true},
		{pattern: "POST /admin/cancel", access: admins, handle: h.cancelFromPage, page: true},
		{pattern: "POST /admin/retry", access: admins, handle: h.retryFromPage, page: true},
		{pattern: "GET " + MonitorPath + "/api/{monitor...}", access: admins, handle: h.showMonitor, page: true, slow: true, unattended: true},
		{pattern: "GET " + MonitorPath + "/{monitor...}", access: admins, handle: h.showMonitor, page: true, slow: true},
		{pattern: "POST " + MonitorPath + "/{monitor...}", access: admins, handle: h.showMonitor, page: true},
		{pattern: "DELETE " + MonitorPath + "/{monitor...}", access: admins, handle: h.showMonitor, page: true},

		{pattern: "GET /api/v1/cases", access: readers, handle: h.listCases},
		{pattern: "POST /api/v1/cases", access: guiders, handle: h.createCase},
		{pattern: "GET /api/v1/cases/{case}", access: viewers, handle: h.getCase},
		{pattern: "PATCH /api/v1/cases/{case}", access: owners, handle: h.setCase},
		{pattern: "GET /api/v1/cases/{case}/events", access: viewers, handle: h.watchCase, slow: true, unattended: true},
		{pattern: "GET /api/v1/cases/{case}/cycles", access: viewers, handle: h.listCycles},
		{pattern: "POST /api/v1/cases/{case}/cycles", access: owners, handle: h.createCycle},
		{pattern: "GET /api/v1/cases/{case}/films", access: viewers, handle: h.listFilmsOfCase},
		{pattern: "GET /api/v1/cycles/{cycle}", access: viewers, handle: h.getCycle},
		{pattern: "PATCH /api/v1/cycles/{cycle}", access: owners, handle: h.setCycle},
		{pattern: "GET /api/v1/cycles/{cycle}/films", access: viewers, handle: h.listFilmsOfCycle},

		{pattern: "OPTIONS " + uploadsPath + "{$}", access: guiders, handle: h.upload, slow: true},
		{pattern: "POST " + uploadsPath + "{$}", access: guiders, handle: h.upload, slow: true},
		{pattern: "HEAD " + uploadsPath + "{upload}", access: guiders, handle: h.upload, slow: true},
		{pattern: "PATCH " + uploadsPath + "{upload}", access: guiders, handle: h.upload, slow: true},
		{pattern: "DELETE " + uploadsPath + "{upload}", access: guiders, handle: h.upload, slow: true},

		{pattern: "GET /api/v1/films/{film}", access: viewers, handle: h.getFilm},
		{pattern: "GET /api/v1/films/{film}/events", access: viewers, handle: h.watchFilm, slow: true, unattended: true},
		{pattern: "POST /api/v1/films/{film}/cancel", access: owners, handle: h.cancelFilm},
		{pattern: "POST /api/v1/films/{film}/retry", access: owners, handle: h.retryFilm},
		{pattern: "GET /api/v1/films/{film}/original", access: viewers, handle: h.getOriginal, slow: true},
		{pattern: "GET /api/v1/films/{film}/viewing", access: viewers, handle: h.getViewing, slow: true},
		{pattern: "POST /api/v1/films/{film}/viewing/retry", access: owners, handle: h.retryViewing},
		{pattern: "GET /api/v1/films/{film}/moments", access: viewers, handle: h.listMoments},
		{pattern: "GET /api/v1/films/{film}/analysis.json", access: viewers, handle: h.getAnalysis},
		{pattern: "GET /api/v1/films/{film}/signals.json", access: viewers, handle: h.getSignals, slow: true},
		{pattern: "GET /api/v1/films/{film}/frames.json", access: viewers, handle: h.getFrames, slow: true},
		{pattern: "GET /api/v1/films/{film}/observations.jsonl", access: viewers, handle: h.getObservations, slow: true},
		{pattern: "GET /api/v1/films/{film}/report.html", access: viewers, handle: h.getReport, slow: true},
		{pattern: "GET /api/v1/films/{film}/reel.mp4", access: viewers, handle: h.getDraftReel, slow: true},
		{pattern: "GET /api/v1/films/{film}/stills/{still}", access: viewers, handle: h.getStill, slow: true},

		{pattern: "GET /api/v1/films/{film}/clips", access: viewers, handle: h.listClips},
		{pattern: "POST /api/v1/films/{film}/clips", access: owners, handle: h.createClip},
		{pattern: "POST /api/v1/films/{film}/played", access: owners, handle: h.addPlayed},
		{pattern: "PUT /api/v1/films/{film}/order", access: owners, handle: h.setOrder},
		{pattern: "GET /api/v1/clips/{clip}", access: viewers, handle: h.getClip},
		{pattern: "PATCH /api/v1/clips/{clip}", access: owners, handle: h.setClip},
		{pattern: "POST /api/v1/clips/{clip}/split", access: owners, handle: h.splitClip},
		{pattern: "DELETE /api/v1/clips/{clip}", access: owners, handle: h.deleteClip},
		{pattern: "POST /api/v1/clips/{clip}/restore", access: owners, handle: h.restoreClip},
		{pattern: "GET /api/v1/films/{film}/reels", access: viewers, handle: h.listReels},
		{pattern: "POST /api/v1/films/{film}/reels", access: owners, handle: h.createReel},
		{pattern: "GET /api/v1/reels/{reel}", access: viewers, handle: h.getReel},
		{pattern: "GET /api/v1/reels/{reel}/manifest.json", access: viewers, handle: h.getManifest},
		{pattern: "POST /api/v1/reels/{reel}/played", access: owners, handle: h.addReelPlayed},
		{pattern: "POST /api/v1/reels/{reel}/confirm", access: owners, handle: h.confirmReel},
		{pattern: "POST /api/v1/reels/{reel}/retry", access: owners, handle: h.retryReel},
		{pattern: "GET /api/v1/reels/{reel}/reel.mp4", access: viewers, handle: h.downloadReel, slow: true},
		{pattern: "GET /api/v1/films/{film}/export.edl", access: viewers, handle: h.exportFilm("edl")},
		{pattern: "GET /api/v1/films/{film}/export.csv", access: viewers, handle: h.exportFilm("csv")},
		{pattern: "GET /api/v1/films/{film}/export.eaf", access: viewers, handle: h.exportFilm("eaf")},
		{pattern: "GET /api/v1/films/{film}/export.vtt", access: viewers, handle: h.exportFilm("vtt")},
		{pattern: "GET /api/v1/reels/{reel}/export.edl", access: viewers, handle: h.exportReel("edl")},
		{pattern: "GET /api/v1/reels/{reel}/export.csv", access: viewers, handle: h.exportReel("csv")},
		{pattern: "GET /api/v1/reels/{reel}/export.eaf", access: viewers, handle: h.exportReel("eaf")},
		{pattern: "GET /api/v1/reels/{reel}/export.vtt", access: viewers, handle: h.exportReel("vtt")},

		{pattern: "GET /cycles/{cycle}/upload", access: owners, page: true, handle: h.uploadPage},
		{pattern: "GET /films/{film}", access: viewers, page: true, handle: h.filmPage},
		{pattern: "GET /films/{film}/row", access: viewers, page: true, handle: h.filmRowPage, unattended: true},
		{pattern: "POST /films/{film}/cancel", access: owners, page: true, handle: h.cancelFilmPage},
		{pattern: "POST /films/{film}/give-up", access: owners, page: true, handle: h.giveUpPage},
		{pattern: "POST /films/{film}/retry", access: owners, page: true, handle: h.retryFilmPage},
		{pattern: "POST /films/{film}/viewing/retry", access: owners, page: true, handle: h.retryViewingPage},
		{pattern: "GET /films/{film}/reel", access: viewers, page: true, handle: h.reelPage},
		{pattern: "GET /films/{film}/reel/state", access: viewers, page: true, handle: h.reelPage, unattended: true},
		{pattern: "POST /films/{film}/reel", access: owners, page: true, handle: h.makeReelPage},
		{pattern: "POST /films/{film}/reel/confirm", access: owners, page: true, handle: h.confirmReelPage},
		{pattern: "POST /films/{film}/reel/retry", access: owners, page: true, handle: h.retryReelPage},
		{pattern: "GET /films/{film}/show", access: viewers, page: true, handle: h.showPage},
	}
}

const (
	// bodyLimit is what a request of JSON may have. The longest text that is
	// taken, the goals of a case, is far shorter.
	bodyLimit = 64 << 10
	// quick is how long a request may take that is not slow: JSON over the
	// slowest of telephone lines.
	quick = 30 * time.Second
	// still is how long nothing may move of one that is.
	still = time.Minute
)

// serve returns the handler of a route: everything that all have in common.
func (h *Web) serve(route route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		sent := &sending{ResponseWriter: w, control: http.NewResponseController(w), slow: route.slow}
		if route.slow {
			_ = sent.control.SetWriteDeadline(time.Time{}) // the answer sets it, whenever it begins
		} else {
			_ = sent.control.SetReadDeadline(began.Add(quick)) // not of every connection, as in tests
			r.Body = http.MaxBytesReader(sent, r.Body, bodyLimit)
		}
		account, err := store.Account{}, error(nil)
		if route.unattended {
			r = r.WithContext(context.WithValue(r.Context(), untouched{}, true))
		}
		if !route.access.public {
			var known *http.Request
			if known, err = h.authenticate(r); err == nil {
				r = known
				account = accountOf(r.Context())
				if roles := route.access.roles; len(roles) > 0 {
					err = only(account, roles)
				}
				if route.slow {
					sent.leave = h.leaveOf(r)
					r = sent.leave.request()
					r.Body = leaveBody{r.Body, sent.leave}
				}
			}
		} else if route.page {
			if known, unknown := h.authenticate(r); unknown == nil {
				r = known // the page around it is theirs
			}
		}
		if err == nil {
			if route.page && r.Method == http.MethodPost {
				sent.onward = func() { h.giveReceipt(w, r) }
			}
			err = route.handle(sent, r)
			sent.onward = nil // who is led elsewhere now is so because it failed
		}
		switch {
		case err != nil && sent.status == 0 && route.page:
			h.failPage(sent, r, err)
		case err != nil && sent.status == 0:
			h.fail(sent, r, err)
		case err != nil && r.Context().Err() == nil:
			h.log.WarnContext(r.Context(), "answer broke off", "route", route.pattern, "code", vig.CodeOf(err), "error", err)
		}
		h.log.DebugContext(r.Context(), "request", "route", route.pattern, "account", account.ID,
			"status", sent.status, "bytes", sent.bytes, "took", time.Since(began))
	})
}

// sending counts what is answered, and lets a slow answer take its time.
type sending struct {
	http.ResponseWriter
	control *http.ResponseController
	slow    bool
	leave   *leave // nil where it does not end before the answer
	onward  func() // before it leads to another page; nil where there is nothing to do
	status  int
	bytes   int64
}

// Unwrap is for [http.ResponseController].
func (s *sending) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// WriteHeader is that of [http.ResponseWriter].
func (s *sending) WriteHeader(status int) {
	if s.status == 0 && status >= http.StatusOK {
		s.status = status
		if status == http.StatusSeeOther && s.onward != nil {
			s.onward()
		}
	}
	if s.slow { // there may be no more to write than this
		_ = s.control.SetWriteDeadline(time.Now().Add(still))
	}
	s.ResponseWriter.WriteHeader(status)
}

// Write is that of [http.ResponseWriter].
func (s *sending) Write(p []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	if s.leave != nil {
		if err := s.leave.holds(); err != nil {
			return 0, err
		}
	}
	if s.slow {
		_ = s.control.SetWriteDeadline(time.Now().Add(still))
	}
	n, err := s.ResponseWriter.Write(p)
	s.bytes += int64(n)
	return n, err
}

// private says that nothing on the way, nor the browser, keeps an answer.
const private = "private, no-store"

// secure sets what holds for every answer: nothing of it is stored by others,
// framed, guessed at or run.
func secure(header http.Header) {
	header.Set("Cache-Control", private)
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
}
