package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"

	"attune/internal/vig"
)

// Confinement is one thing that a child is kept from.
type Confinement struct {
	Name    string // as "network"
	InForce bool
	Why     string // what holds it, or what is missing
}

// The confinements.
const (
	confinedNetwork    = "network"
	confinedFiles      = "files"
	confinedProcesses  = "processes"
	confinedPrivileges = "privileges"
	confinedResources  = "resources"
)

// checkWall is how long one of the children of Status may take.
const checkWall = time.Minute

// Status says which confinements hold on this machine. It does not guess: it
// starts children that try to break out.
func (r *Runner) Status(ctx context.Context) []Confinement {
	tried, err := r.try(ctx, tryArgs{})
	if err != nil {
		tried = nil
	}
	var all []Confinement
	for _, name := range []string{confinedNetwork, confinedFiles, confinedProcesses, confinedPrivileges, confinedResources} {
		c := Confinement{Name: name, Why: "the child could not be tried"}
		if err != nil {
			c.Why += ": " + err.Error()
		}
		for _, t := range tried {
			if t.Name == name {
				c = t
			}
		}
		all = append(all, c)
	}
	if version, failed := ll.LandlockGetABIVersion(); failed == nil && err == nil {
		files := &all[slices.IndexFunc(all, func(c Confinement) bool { return c.Name == confinedFiles })]
		files.Why = fmt.Sprintf("%s (the kernel's Landlock: ABI %d)", files.Why, version)
	}
	for i, deed := range []string{tryNetwork, "", tryProcess} {
		if deed != "" && err == nil {
			all[i] = r.tryDeadly(ctx, all[i].Name, deed)
		}
	}
	return all
}

// Require returns an error that names what is missing, unless all of what
// Status found is in force.
func Require(found []Confinement) error {
	var missing []string
	for _, c := range found {
		if !c.InForce {
			missing = append(missing, fmt.Sprintf("%s (%s)", c.Name, c.Why))
		}
	}
	if len(missing) > 0 {
		return vig.Errorf(vig.CodeUnsupported, "confine children", "missing on this machine: %s", strings.Join(missing, "; "))
	}
	return nil
}

// tryArgs says what a child is to try.
type tryArgs struct {
	Deed    string `json:"deed,omitempty"`    // one that must kill it; "" is all that must fail
	Outside string `json:"outside,omitempty"` // a file that it must not read
}

// The deeds that must kill.
const (
	tryNetwork = "network"
	tryProcess = "process"
)

// try runs a child that tries to break out and reports.
func (r *Runner) try(ctx context.Context, args tryArgs) (said []Confinement, err error) {
	outside, err := newScratch(r.cfg.Scratch)
	if err != nil {
		return nil, err
	}
	defer outside.remove()
	args.Outside = filepath.Join(outside.dir, "outside")
	if err := os.WriteFile(args.Outside, []byte("not for children"), 0o600); err != nil {
		return nil, err
	}
	text, err := json.Marshal(args)
	if err != nil {
		return nil, err
	}
	cfg := r.cfg
	cfg.Unconfined = true // try with what there is
	result, err := New(cfg).Run(ctx, Task{Kind: check, Args: text, Film: strings.NewReader(""), Wall: checkWall}, noOutputs{})
	if err != nil {
		return nil, err
	}
	return said, json.Unmarshal(result, &said)
}

// tryDeadly runs a child that tries what must kill it.
func (r *Runner) tryDeadly(ctx context.Context, name, deed string) Confinement {
	_, err := r.try(ctx, tryArgs{Deed: deed})
	switch crash := asCrash(err); {
	case crash != nil && crash.What == CrashSyscall:
		return Confinement{name, true, map[string]string{
			tryNetwork: "seccomp kills a child that opens a socket of any kind",
			tryProcess: "seccomp kills a child that starts another process or program",
		}[deed]}
	case err != nil:
		return Confinement{name, false, "the child could not be tried: " + err.Error()}
	}
	return Confinement{name, false, "the kernel does not let a program filter its system calls (seccomp)"}
}

// noOutputs is for children that make nothing.
type noOutputs struct{}

func (noOutputs) Create(string) (io.WriteCloser, error) {
	return nil, errors.New("nothing is to be made")
}
func (noOutputs) Progress(string, float64) {}

// tryConfinement is what a child of Status does.
func tryConfinement(s setup) (any, error) {
	var args tryArgs
	if err := json.Unmarshal(s.Args, &args); err != nil {
		return nil, err
	}
	switch args.Deed {
	case tryNetwork:
		for _, family := range []int{unix.AF_INET, unix.AF_INET6, unix.AF_UNIX, unix.AF_NETLINK} {
			if fd, err := unix.Socket(family, unix.SOCK_DGRAM, 0); err == nil {
				unix.Close(fd)
			}
		}
		return nil, nil
	case tryProcess:
		_, err := os.StartProcess("/proc/self/exe", []string{"attune", "--version"}, &os.ProcAttr{})
		return err != nil, nil
	}
	return []Confinement{tryFiles(s, args), tryPrivileges(), tryResources(s)}, nil
}

// tryFiles tries to read, write and see outside the scratch folder, and to write
// in it.
func tryFiles(s setup, args tryArgs) Confinement {
	c := Confinement{Name: confinedFiles}
	beside := filepath.Join(filepath.Dir(args.Outside), "beside")
	_, read := os.ReadFile(args.Outside)
	_, list := os.ReadDir(filepath.Dir(args.Outside))
	write := os.WriteFile(beside, nil, 0o600)
	chmod := os.Chmod(args.Outside, 0o644) //nolint:gosec // it must fail
	inside := os.WriteFile(filepath.Join(s.Scratch, "inside"), []byte("x"), 0o600)
	for _, tried := range []struct {
		deed string
		err  error
	}{{"read a file", read}, {"list a folder", list}, {"write a file", write}, {"change a file's mode", chmod}} {
		if !errors.Is(tried.err, os.ErrPermission) {
			c.Why = fmt.Sprintf("a child could %s that is none of its business: the kernel's Landlock is missing or off", tried.deed)
			return c
		}
	}
	if inside != nil {
		c.Why = "a child cannot write into its own folder: " + inside.Error()
		return c
	}
	c.InForce, c.Why = true, "Landlock leaves a child the models to read and one empty folder to write to"
	return c
}

func tryPrivileges() Confinement {
	c := Confinement{Name: confinedPrivileges}
	if set, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0); err != nil || set != 1 {
		c.Why = "a child could gain privileges (no_new_privs is not set)"
		return c
	}
	if filtered, err := unix.PrctlRetInt(unix.PR_GET_SECCOMP, 0, 0, 0, 0); err != nil || filtered != unix.SECCOMP_MODE_FILTER {
		c.Why = "a child's system calls are not filtered (seccomp)"
		return c
	}
	c.InForce, c.Why = true, "a child has no capabilities and cannot gain any"
	return c
}

// tryResources looks at the limits.
func tryResources(s setup) Confinement {
	c := Confinement{Name: confinedResources}
	for name, want := range map[string]struct {
		resource int
		most     uint64
	}{
		"memory":         {unix.RLIMIT_DATA, uint64(s.Limits.Memory) + 4*dataRoom},
		"core dumps":     {unix.RLIMIT_CORE, 0},
		"open files":     {unix.RLIMIT_NOFILE, uint64(s.Limits.Files)},
		"computing time": {unix.RLIMIT_CPU, s.Limits.cpuSeconds()},
		"file length":    {unix.RLIMIT_FSIZE, uint64(s.Limits.Output) + 1<<20},
	} {
		var limit unix.Rlimit
		if err := unix.Prlimit(0, want.resource, nil, &limit); err != nil || limit.Max > want.most {
			c.Why = "a child's " + name + " cannot be limited"
			return c
		}
	}
	c.InForce, c.Why = true, "memory, computing time, threads, output, open files and time are limited"
	return c
}
