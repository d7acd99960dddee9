package sandbox

import (
	"slices"

	"github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/sys/unix"
)

// Three answers for a call of the system. What the work needs is allowed. What
// only an attack would try kills the child, and the film gets a name for it.
// Anything else is refused (EPERM), so that a library that asks for more on
// another machine does without.

// allowed are the calls that Go, glibc, libav and OpenCV make while they work.
// None opens a channel or changes whose a file is; those that could do more have
// their arguments looked at by filters.
var allowed = []string{
	// memory
	"brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "mincore", "membarrier", "mlock", "munlock",
	// threads, and waiting
	"clone", "tgkill", "prctl", "futex", "set_robust_list", "get_robust_list", "rseq", "set_tid_address", "sched_yield", "sched_getaffinity",
	"sched_setaffinity", "sched_getparam", "sched_getscheduler", "getcpu", "gettid", "getpid", "getppid", "exit", "exit_group", "restart_syscall",
	"nanosleep", "clock_nanosleep", "clock_gettime", "clock_getres", "gettimeofday", "time", "times", "getrusage",
	"timer_create", "timer_settime", "timer_delete", "setitimer", "poll", "ppoll", "select", "pselect6",
	"epoll_create1", "epoll_create", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd2", "pipe2", "pipe",
	// signals of our own
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigtimedwait", "sigaltstack",
	// files: Landlock says which
	"open", "openat", "creat", "close", "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "lseek",
	"fstat", "stat", "lstat", "newfstatat", "fstatat", "statx", "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getcwd",
	"getdents64", "mkdir", "mkdirat", "unlink", "unlinkat", "rmdir", "rename", "renameat", "renameat2", "ftruncate",
	"fallocate", "fadvise64", "fsync", "fdatasync", "sync_file_range", "flock", "fcntl", "dup", "dup2", "dup3", "umask",
	// who and where
	"arch_prctl", "uname", "sysinfo", "getuid", "geteuid", "getgid", "getegid", "getrlimit", "prlimit64", "getrandom",
}

// deadly are the calls that only an attack would make: to the network, to other
// processes and programs, to the kernel, to more privileges.
var deadly = []string{
	"socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg",
	"recvmmsg", "io_uring_setup", "io_uring_enter", "io_uring_register",
	"fork", "vfork", "execve", "execveat", "kill", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open", "pidfd_getfd", "pidfd_send_signal",
	"ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "userfaultfd", "bpf", "perf_event_open",
	"mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "open_by_handle_at", "fsopen", "fsmount", "move_mount", "open_tree",
	"setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "setfsuid", "setfsgid", "capset", "setsid",
	"keyctl", "add_key", "request_key", "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot",
	"shmget", "shmat", "msgget", "semget", "mq_open", "memfd_secret",
}

// filters are loaded one after the other; of their verdicts on a call the
// strictest counts (seccomp(2)). The first knows the calls by their numbers. The
// others, for a process with the number pid, look at arguments, each at those of
// one call: past a condition that does not hold, the library compares the
// argument and no longer the call.
func filters(info *arch.Info, pid int) []seccomp.Policy {
	const refuse = seccomp.ActionErrno // EPERM
	only := func(action seccomp.Action, name string, conditions ...seccomp.Condition) seccomp.Policy {
		return seccomp.Policy{
			DefaultAction: seccomp.ActionAllow,
			Syscalls: []seccomp.SyscallGroup{{
				Action: action, NamesWithCondtions: []seccomp.NameWithConditions{{Name: name, Conditions: conditions}},
			}},
		}
	}
	first := func(not uint64) seccomp.Condition {
		return seccomp.Condition{Argument: 0, Operation: seccomp.NotEqual, Value: not}
	}
	command := func(not uint64) seccomp.Condition {
		return seccomp.Condition{Argument: 1, Operation: seccomp.NotEqual, Value: not}
	}
	executable := seccomp.Condition{Argument: 2, Operation: seccomp.BitsSet, Value: unix.PROT_EXEC}
	process := seccomp.Condition{Argument: 0, Operation: seccomp.BitsNotSet, Value: unix.CLONE_THREAD}
	return []seccomp.Policy{
		{
			DefaultAction: refuse,
			Syscalls: []seccomp.SyscallGroup{
				{Action: seccomp.ActionAllow, Names: known(info, allowed)},
				{Action: seccomp.ActionKillProcess, Names: known(info, deadly)},
				// glibc starts threads by clone3, whose flags a filter cannot see;
				// told that there is none, it takes clone.
				{Action: refuse | seccomp.Action(unix.ENOSYS), Names: known(info, []string{"clone3"})},
			},
		},
		only(seccomp.ActionKillProcess, "clone", process),
		only(seccomp.ActionKillProcess, "tgkill", first(uint64(pid))), // Go interrupts its threads so
		only(refuse, "mmap", executable),                              // no new code
		only(refuse, "mprotect", executable),
		only(refuse, "prlimit64", first(0)), // glibc asks for its stack's size
		only(refuse, "sched_setaffinity", first(0), first(uint64(pid))),
		only(refuse, "fcntl", command(unix.F_DUPFD), command(unix.F_DUPFD_CLOEXEC), command(unix.F_GETFD), command(unix.F_SETFD),
			command(unix.F_GETFL), command(unix.F_SETFL)), // no owners, leases or notices: they send signals to others
		// The names of threads and of Go's memory; what tryPrivileges asks.
		only(refuse, "prctl", first(unix.PR_SET_NAME), first(unix.PR_SET_VMA), first(unix.PR_GET_SECCOMP), first(unix.PR_GET_NO_NEW_PRIVS)),
	}
}

// known returns those of names that the machine's architecture has: arm64 has
// no open, only openat.
func known(info *arch.Info, names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		_, ok := info.SyscallNames[name]
		return !ok
	})
}
