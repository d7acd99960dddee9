package sandbox

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"
)

// watchEvery is how often a child is looked at: what it can take beyond its
// limits meanwhile is held by the limits that the system keeps.
const watchEvery = 200 * time.Millisecond

// watch kills the child when it goes beyond what the system does not limit by
// itself: memory in use, threads, all files together, room on the disk, time on the clock.
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
			if most := maxThreads(); threads(c.cmd.Process.Pid) > most {
				c.kill(threadsCrash(most))
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

// maxThreads is how many threads a child may have. libav, its coders and OpenCV
// each start one or two a core, for picture and sound, reading and writing; Go
// starts one for each call that waits, which is rarely a hundred.
func maxThreads() int { return 256 + 8*runtime.NumCPU() }

// threads returns how many threads the process has, or 0 where that cannot be
// known.
func threads(pid int) int {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0
	}
	// proc_pid_stat(5): the name, second, may hold anything; the threads are the
	// twentieth.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 18 {
		return 0
	}
	n, err := strconv.Atoi(string(fields[17]))
	if err != nil {
		return 0
	}
	return n
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
