package sandbox

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"github.com/landlock-lsm/go-landlock/landlock"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
	"kernel.org/pub/linux/libs/security/libcap/psx"
)

// confine confines this process, all threads of it, for good. It applies all it
// can and returns what could not be.
//
// Landlock (go-landlock, by its authors) names the files; seccomp
// (go-seccomp-bpf, by Elastic, in plain Go) the calls of the system. Both need
// no privilege and no user namespace.
func confine(s setup) error {
	return errors.Join(
		restrictResources(s.Limits),
		dropCapabilities(),
		restrictFiles(s),
		forbidDumps(),
		restrictSyscalls(),
	)
}

// dataRoom is how much more than its limit on memory a child may reserve: Go and
// libav reserve more than they use, and each thread has a stack.
const dataRoom = 2 << 30

// restrictResources sets what the system limits by itself. Nothing of it can be
// raised again.
func restrictResources(l limits) error {
	// RLIMIT_AS would count what Go only reserves. RLIMIT_DATA counts what can be
	// written to (mm/mmap.c: may_expand_vm), with what the libraries have already.
	held, err := dataBytes()
	if err != nil {
		return fmt.Errorf("limit memory: %w", err)
	}
	set := func(resource int, limit uint64) error {
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: limit, Max: limit}); err != nil {
			return fmt.Errorf("setrlimit %d: %w", resource, err)
		}
		return nil
	}
	errs := []error{
		set(unix.RLIMIT_CORE, 0),
		set(unix.RLIMIT_DATA, uint64(held+l.Memory+dataRoom)),
		// A little more, so that it is seen to be too much.
		set(unix.RLIMIT_FSIZE, uint64(l.Output)+1<<20),
		set(unix.RLIMIT_NOFILE, uint64(l.Files)),
		set(unix.RLIMIT_CPU, l.cpuSeconds()),
	}
	return errors.Join(errs...)
}

// dataBytes returns how much memory of its own this process has that it can
// write to.
func dataBytes() (int64, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	var pages [6]int64 // proc_pid_statm(5); the sixth is data and stack
	if _, err := fmt.Sscan(string(text), &pages[0], &pages[1], &pages[2], &pages[3], &pages[4], &pages[5]); err != nil {
		return 0, err
	}
	return pages[5] * int64(os.Getpagesize()), nil
}

// dropCapabilities gives up what a privileged user's process may do beyond
// others. For anybody else there is nothing to give up.
func dropCapabilities() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3} // of the calling thread
	var none [2]unix.CapUserData
	_, _, errno := psx.Syscall3(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&none[0])), 0) //nolint:gosec // as capset(2) wants them
	runtime.KeepAlive(&header)
	runtime.KeepAlive(&none)
	if errno != 0 {
		return fmt.Errorf("drop capabilities: %w", errno)
	}
	return nil
}

// What may be done with files in the scratch folder: no devices, sockets, pipes
// or links, and nothing to run.
const scratchRights landlock.AccessFSSet = ll.AccessFSReadFile | ll.AccessFSReadDir | ll.AccessFSWriteFile | ll.AccessFSTruncate |
	ll.AccessFSMakeReg | ll.AccessFSMakeDir | ll.AccessFSRemoveFile | ll.AccessFSRemoveDir

// restrictFiles leaves the scratch folder, the files that may be read, and
// nothing else; and no TCP, no signals and no abstract sockets beyond this
// process where the kernel's Landlock knows them.
//
// Shared libraries need no rule: they are mapped before main.
func restrictFiles(s setup) error {
	if version, err := ll.LandlockGetABIVersion(); err != nil || version < 1 {
		return errors.New("the kernel has no Landlock, so files cannot be kept from the child")
	}
	rules := []landlock.Rule{landlock.PathAccess(scratchRights, s.Scratch)}
	for _, path := range s.Reads {
		stat, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("restrict files: %w", err)
		}
		rights := landlock.AccessFSSet(ll.AccessFSReadFile)
		if stat.IsDir() {
			rights |= ll.AccessFSReadDir
		}
		rules = append(rules, landlock.PathAccess(rights, path))
	}
	if err := landlock.V11.BestEffort().Restrict(rules...); err != nil {
		return fmt.Errorf("restrict files: %w", err)
	}
	return nil
}

// forbidDumps keeps what a film shows out of core dumps, which some systems send
// to a program whatever the limit on them, and out of the reach of debuggers.
func forbidDumps() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("forbid dumps: %w", err)
	}
	return nil
}

// restrictSyscalls leaves the calls of syscalls.go.
func restrictSyscalls() error {
	info, err := arch.GetInfo("")
	if err != nil {
		return fmt.Errorf("restrict system calls: %w", err)
	}
	runtime.LockOSThread() // no_new_privs first, then the filters, on one thread; TSYNC brings both to all
	defer runtime.UnlockOSThread()
	// The filter of numbers comes last: it forbids to load another.
	all := filters(info, os.Getpid())
	for i := len(all) - 1; i >= 0; i-- {
		err := seccomp.LoadFilter(seccomp.Filter{NoNewPrivs: i == len(all)-1, Flag: seccomp.FilterFlagTSync, Policy: all[i]})
		if err != nil {
			return fmt.Errorf("restrict system calls: %w", err)
		}
	}
	return nil
}
