package jobs

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/hibiken/asynqmon"
)

// Monitor is asynqmon, the page of asynq's author for its queues. It asks
// nobody who is there: whoever serves it lets only admins in, and keeps its page
// to this machine, as it names fonts elsewhere.
type Monitor struct {
	*asynqmon.HTTPHandler
}

// NewMonitor makes the page, for requests whose path begins with root ("/x",
// without a slash at the end). Unless it is writable, it refuses to change
// anything. Whoever makes it must close it.
func NewMonitor(conn Connection, root string, writable bool) *Monitor {
	return &Monitor{asynqmon.New(asynqmon.Options{
		RootPath: root, RedisConnOpt: conn, ReadOnly: !writable,
		PayloadFormatter: asynqmon.PayloadFormatterFunc(showPayload),
		ResultFormatter:  asynqmon.ResultFormatterFunc(showResult),
	})}
}

// showPayload shows an id and a run, and nothing that is not of our making.
func showPayload(_ string, text []byte) string {
	if len(text) == 0 {
		return ""
	}
	from := json.NewDecoder(bytes.NewReader(text))
	from.DisallowUnknownFields()
	var p payload
	if err := from.Decode(&p); err != nil {
		return "not shown"
	}
	return fmt.Sprintf("%s, run %d", p.ID, p.Run)
}

// showResult shows nothing: our tasks leave no result.
func showResult(string, []byte) string { return "" }
