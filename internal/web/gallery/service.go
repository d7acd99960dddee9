package gallery

import (
	"time"

	"attune/internal/web/page"
)

var (
	serviceNoon = time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)
	serviceFree = int64(212_300_000_000)
	serviceLow  = int64(730_000_000)
	serviceAll  = []string{"network", "files", "processes", "privileges", "resources"}
)

const (
	serviceFilm   = "0197b1c2-5a10-7c3e-9a4e-0d6f5b1a2c3d"
	serviceReel   = "0197b1c4-11f0-7a91-8c22-6b1f0e9d8c7b"
	serviceWorker = "5f0c6c1e-27a5-4c0e-8a52-3d5c2b7a9e10"
)

func serviceStorage(free *int64) *page.ServiceStorage {
	return &page.ServiceStorage{
		Originals: page.ServiceAmount{Count: 42, Bytes: 31_400_000_000}, ViewingCopies: page.ServiceAmount{Count: 3, Bytes: 1_900_000_000},
		Results: page.ServiceAmount{Count: 418, Bytes: 2_200_000_000}, Reels: page.ServiceAmount{Count: 17, Bytes: 640_000_000},
		Uploads: page.ServiceAmount{Count: 1, Bytes: 310_000_000}, Free: free, Reserve: 1_073_741_824, Measured: serviceNoon,
	}
}

var serviceBusy = page.Service{
	Monitor: true,
	Working: []page.ServiceWork{
		{Kind: "film", ID: serviceFilm, Worker: serviceWorker, Since: serviceNoon, Stage: "Looking and listening", Share: 0.43},
		{Kind: "reel", ID: serviceReel, Worker: serviceWorker, Since: serviceNoon},
	},
	Queues: []page.ServiceQueue{
		{Name: "reels", Running: 1, Used: true},
		{Name: "films", Waiting: 4, Retrying: 1, Running: 1, Archived: 3, Oldest: 4*time.Minute + 12*time.Second, Used: true,
			Failures: []page.ServiceFailures{{Why: "storage", Retrying: 1}, {Why: "crash", Archived: 2}, {Why: "film", Archived: 1}}},
		{Name: "housekeeping", Used: true},
	},
	Workers: []page.ServiceWorker{{ID: serviceWorker, Version: "v0.5.0", Kept: serviceAll, Concurrency: 2, Running: 2, Started: serviceNoon, Seen: serviceNoon}},
	Reasons: []page.ServiceReason{
		{Kind: "film", Reason: "This film made the program that reads it crash. That happened more than once, so this film is not tried again unless an admin releases it.", Count: 2, Last: serviceNoon},
		{Kind: "film", Refused: true, Reason: "The film cannot be read: it has no picture. If it plays elsewhere, export it as MP4 and upload that.", Count: 1, Last: serviceNoon},
	},
	Failed: []page.ServiceFailed{
		{Kind: "film", ID: serviceFilm, Reason: "This film made the program that reads it crash.", At: serviceNoon},
		{Kind: "film", ID: serviceReel, Refused: true, Reason: "The film cannot be read: it has no picture.", At: serviceNoon},
	},
	Storage: serviceStorage(&serviceFree),
}

var _ = add("service", admin,
	State{Name: "nothing to do", Model: page.Service{
		Queues:  []page.ServiceQueue{{Name: "reels"}, {Name: "films"}, {Name: "housekeeping", Used: true}},
		Workers: []page.ServiceWorker{{ID: serviceWorker, Version: "v0.5.0", Kept: serviceAll, Concurrency: 2, Started: serviceNoon, Seen: serviceNoon}},
		Storage: serviceStorage(&serviceFree),
	}},
	State{Name: "busy", Model: serviceBusy},
	State{Name: "paused just now", Model: func() page.Service {
		s := serviceBusy
		s.Done = "paused"
		s.Queues = []page.ServiceQueue{{Name: "films", Waiting: 1, Oldest: time.Second, Used: true, Paused: true}}
		return s
	}()},
	State{Name: "in trouble", Model: page.Service{
		Working: []page.ServiceWork{{Kind: "viewing-copy", ID: serviceFilm, Worker: serviceWorker, Silent: true, Since: serviceNoon, Stage: "Making a copy that browsers can play", Share: 0.999}},
		Queues:  []page.ServiceQueue{{Name: "films", Waiting: 10_000, Oldest: 31 * time.Hour, Used: true}},
		Workers: []page.ServiceWorker{
			{ID: longWord, Silent: true, Reduced: true, Concurrency: 1, Started: serviceNoon, Seen: serviceNoon, Kept: serviceAll[2:], NotKept: serviceAll[:2]},
		},
		Storage: serviceStorage(&serviceLow),
	}},
	State{Name: "queue away", Model: page.Service{Away: true}},
)
