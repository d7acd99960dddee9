package page

import "time"

// Service is how the service does, for admins: numbers and ids, and nothing of
// whom it is about.
type Service struct {
	Done    string // what was done just now: "paused", "resumed", "stopped", "retried", "changed"; "" for nothing
	Live    string // the address that shows it anew, every few seconds; "" where it stays as it is
	Away    bool   // the queue cannot be reached: queues and workers are not known
	Queues  []ServiceQueue
	Working []ServiceWork
	Workers []ServiceWorker
	Reasons []ServiceReason
	Failed  []ServiceFailed
	Storage *ServiceStorage // nil while it is not known
	Monitor bool            // the queue's own page can be seen
}

// ServiceQueue is how full a queue is.
type ServiceQueue struct {
	Name     string // "reels", "films", "housekeeping"
	Waiting  int
	Retrying int
	Running  int
	Archived int
	Oldest   time.Duration // how long the first has waited; 0 where none waits
	Paused   bool
	Used     bool // only then it can be paused
	Failures []ServiceFailures
}

// Hours is how long the first has waited where minutes would be many; else 0.
func (q ServiceQueue) Hours() int {
	if q.Oldest < 2*time.Hour {
		return 0
	}
	return int(q.Oldest.Hours())
}

// ServiceFailures are how often tasks of a queue failed for a reason.
type ServiceFailures struct {
	Why      string // "storage", "crash", "lost", "film", "unknown"
	Retrying int
	Archived int
}

// ServiceWork is a piece of work that a worker is at.
type ServiceWork struct {
	Kind   string // "film", "reel", "viewing-copy"
	ID     string
	Worker string
	Silent bool // its worker is silent
	Since  time.Time
	Stage  string  // "" while there is no word of it
	Share  float64 // 0 to 1
}

// Percent is the share for people.
func (w ServiceWork) Percent() int { return int(w.Share * 100) }

// ServiceWorker is a worker, and what its work on films is kept from.
type ServiceWorker struct {
	ID          string
	Version     string
	Reduced     bool
	Kept        []string // "network", "files", "processes", "privileges", "resources"
	NotKept     []string
	Concurrency int
	Running     int
	Started     time.Time
	Seen        time.Time
	Silent      bool
}

// ServiceReason is how much failed for a reason.
type ServiceReason struct {
	Kind    string
	Refused bool
	Reason  string
	Count   int
	Last    time.Time
}

// ServiceFailed is one piece of work that failed.
type ServiceFailed struct {
	Kind    string
	ID      string
	Refused bool // it cannot be tried again
	Reason  string
	At      time.Time
}

// ServiceStorage is what films and what is made of them take, in bytes.
type ServiceStorage struct {
	Originals, ViewingCopies, Results, Reels, Uploads ServiceAmount
	Free                                              *int64 // nil where it is not known
	Reserve                                           int64
	Measured                                          time.Time
}

// ServiceAmount is how much there is.
type ServiceAmount struct {
	Count int64
	Bytes int64
}

// Total is all of it.
func (s ServiceStorage) Total() int64 {
	return s.Originals.Bytes + s.ViewingCopies.Bytes + s.Results.Bytes + s.Reels.Bytes + s.Uploads.Bytes
}

// Full says whether no film can be taken in.
func (s ServiceStorage) Full() bool { return s.Free != nil && *s.Free <= s.Reserve }

// NoWorker says whether nobody works on films.
func (s Service) NoWorker() bool {
	for _, w := range s.Workers {
		if !w.Silent {
			return false
		}
	}
	return !s.Away
}

func (Service) template() string { return "service" }
