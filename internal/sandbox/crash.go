package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// What says how a child ended that gave no answer.
type What string

// The ways.
const (
	CrashSignal  What = "signal"  // a fault in a library: segmentation fault, abort
	CrashMemory  What = "oom"     // beyond its memory
	CrashKilled  What = "killed"  // by the system, and not by us: most likely the machine's memory ran out
	CrashCPU     What = "cpu"     // beyond its computing time
	CrashThreads What = "threads" // started more threads than the work needs
	CrashWall    What = "wall"    // beyond its time
	CrashOutput  What = "output"  // wrote more than is allowed
	CrashSyscall What = "syscall" // asked the system for what is forbidden
	CrashAnswer  What = "answer"  // answered in a form that is not ours
	CrashExit    What = "exit"    // ended without an answer
)

// Crash is the end of a child that gave no answer: the film broke it, or it
// reached a limit, or it tried what is forbidden.
type Crash struct {
	What   What
	Reason string // a plain sentence for the film's record, without anything of the film's content
}

// Error returns the reason.
func (c *Crash) Error() string { return c.Reason }

func crashed(what What, format string, args ...any) *Crash {
	return &Crash{what, fmt.Sprintf(format, args...)}
}

// faults are the signals that a fault in a library ends in.
var faults = map[syscall.Signal]string{
	unix.SIGSEGV: "segmentation fault", unix.SIGBUS: "bus error", unix.SIGABRT: "abort",
	unix.SIGILL: "illegal instruction", unix.SIGFPE: "arithmetic fault", unix.SIGTRAP: "trap",
}

// lastWords are what Go, libstdc++ and OpenCV write before they give up: Go
// turns most signals into an exit code, and says only here which it was. A child
// could write them to pretend another end than its own; it is a crash either way.
var lastWords = []struct {
	words string
	what  What
	fault string
}{
	{"out of memory", CrashMemory, ""},
	{"cannot allocate memory", CrashMemory, ""},
	{"no memory left", CrashMemory, ""},
	{"bad_alloc", CrashMemory, ""},
	{"Insufficient memory", CrashMemory, ""},
	{"failed to create new OS thread", CrashMemory, ""},
	{"SIGSEGV", CrashSignal, "segmentation fault"},
	{"SIGBUS", CrashSignal, "bus error"},
	{"SIGABRT", CrashSignal, "abort"},
	{"SIGILL", CrashSignal, "illegal instruction"},
	{"SIGFPE", CrashSignal, "arithmetic fault"},
	{"SIGTRAP", CrashSignal, "trap"},
}

// classify says how a child ended that the parent has not stopped.
func classify(state *os.ProcessState, said []byte, lim limits) *Crash {
	status, _ := state.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		switch sig := status.Signal(); sig {
		case unix.SIGSYS:
			return crashed(CrashSyscall, "While this film was read, the program that reads it asked for something that is forbidden to it, "+
				"such as a connection to the network, and was stopped.")
		case unix.SIGXCPU:
			return cpuCrash(lim.CPU)
		case unix.SIGXFSZ:
			return outputCrash(lim.Output)
		case unix.SIGKILL:
			if used := state.UserTime() + state.SystemTime(); lim.CPU > 0 && used >= lim.CPU-time.Second {
				return cpuCrash(lim.CPU)
			}
			return crashed(CrashKilled, "The program that reads this film was stopped by the system, most likely because memory ran out.")
		default:
			name, ok := faults[sig]
			if !ok {
				name = sig.String()
			}
			return faultCrash(name)
		}
	}
	for _, last := range lastWords {
		if !bytes.Contains(said, []byte(last.words)) {
			continue
		}
		if last.what == CrashMemory {
			return memoryCrash(lim.Memory)
		}
		return faultCrash(last.fault)
	}
	return crashed(CrashExit, "The program that reads this film ended without an answer (exit code %d).", status.ExitStatus())
}

func faultCrash(name string) *Crash {
	return crashed(CrashSignal, "This film made the program that reads it crash (%s).", name)
}

func memoryCrash(limit int64) *Crash {
	return crashed(CrashMemory, "Reading this film took more memory than the %s that are allowed.", bytesText(limit))
}

func cpuCrash(limit time.Duration) *Crash {
	return crashed(CrashCPU, "Reading this film took more computing time than the %v that are allowed.", limit)
}

func threadsCrash(most int) *Crash {
	return crashed(CrashThreads, "Reading this film started more than the %d threads that are allowed.", most)
}

func wallCrash(limit time.Duration) *Crash {
	return crashed(CrashWall, "Reading this film took longer than the %v that are allowed.", limit)
}

func outputCrash(limit int64) *Crash {
	return crashed(CrashOutput, "Reading this film wrote more than the %s that are allowed.", bytesText(limit))
}

func entriesCrash() *Crash {
	return crashed(CrashOutput, "Reading this film made more than the %d files and folders that are allowed.", maxEntries)
}

func hiddenCrash() *Crash {
	return crashed(CrashOutput, "The program that reads this film hid what it wrote, and was stopped.")
}

func answerCrash(err error) *Crash {
	return crashed(CrashAnswer, "The program that reads this film gave an answer that makes no sense (%v).", err)
}

// asCrash returns err as a crash, or nil.
func asCrash(err error) *Crash {
	c, _ := errors.AsType[*Crash](err)
	return c
}

// bytesText writes n as people read it.
func bytesText(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.3g GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.3g MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d bytes", n)
}
