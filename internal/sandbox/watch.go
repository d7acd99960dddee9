package sandbox

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// watchEvery is how often a child is looked at: what it can take beyond its
// limits meanwhile is held by the limits that the system keeps.
const watchEvery = 200 * time.Millisecond

// watch kills the child when it goes beyond what the system does not limit by
// itself: memory in use, all files together, room on the disk, time on the clock.
func (c *child) watch(lim limits, dir string) {
	wall := time.NewTimer(lim.Wall)
	defer wall.Stop()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-c.done:
			return
		case <-wall.C:
			c.kill(wallCrash(lim.Wall))
		case <-tick.C:
			if residentBytes(c.cmd.Process.Pid) > lim.Memory {
				c.kill(memoryCrash(lim.Memory))
			}
			if err := checkFolder(dir, lim.Output); err != nil {
				c.kill(err)
			}
			if err := checkRoom(dir, lim.Room); err != nil {
				c.kill(err)
			}
		}
	}
}

// residentBytes returns how much memory the process uses, or 0 where that
// cannot be known: it has ended, or the system hides it.
func residentBytes(pid int) int64 {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "statm"))
	if err != nil {
		return 0
	}
	fields := bytes.Fields(text) // proc_pid_statm(5): size, resident, …, in pages
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
