/*
 * guard [-x] PROGRAM ARGUMENT...
 *
 * Runs a program in a process group of its own and ends the whole group as soon as descriptor 3, a
 * pipe whose other end is with whoever started this, is closed there: also if that one was killed.
 * Exits as the program did, with 128 + the signal that ended it, or 127 if it cannot be started. With -x
 * the program finds no XSAVE in what it traces.
 */
#include "bare.h"
#include "xsave.h"

/* Milliseconds; a program that is told by the end of its input gets this long to end by itself. */
enum { TICK = 50, GRACE = 200 };
enum { LIFELINE = 3, POLLIN = 1, POLLHUP = 0x10, RLIMIT_STACK = 3, PR_SET_PDEATHSIG = 1 };
enum { PR_SET_CHILD_SUBREAPER = 36, WNOHANG = 1, ECHILD = 10 };

struct pollfd { int fd; short events, revents; };
struct rlimit { ulong soft, hard; };

/* With no limit on the stack the kernel searches for room upwards, which the probe does not expect. */
static void limit_stack(void)
{
	struct rlimit limit;

	sys4(SYS_prlimit, 0, RLIMIT_STACK, 0, &limit);
	if (limit.soft > (64UL << 20)) {
		limit.soft = 8UL << 20;
		sys2(SYS_setrlimit, RLIMIT_STACK, &limit);
	}
}

/* Ends those that have left the group, whose parent is gone: they have become children of this process. */
static void end_strays(void)
{
	static char list[4096];
	long fd = sys3(SYS_open, "/proc/thread-self/children", O_RDONLY, 0);
	long got = fd < 0 ? 0 : sys3(SYS_read, fd, list, sizeof list);
	long pid = 0;

	for (long i = 0; i < got; i++) {
		if (list[i] != ' ')
			pid = pid * 10 + (list[i] - '0');
		else if (pid > 0)
			sys2(SYS_kill, pid, SIGKILL), pid = 0;
	}
	if (fd >= 0)
		sys1(SYS_close, fd);
}

/* Ends all, in as many rounds as there are generations, and for at most a second. */
static void end_all(long group)
{
	int status;

	for (int round = 0; round < 100; round++) {
		long ended;

		sys2(SYS_kill, -group, SIGKILL);
		end_strays();
		while ((ended = sys4(SYS_wait4, -1, &status, WNOHANG, 0)) > 0)
			;
		if (ended == -ECHILD)
			return;
		sys3(SYS_poll, 0, 0, 10);
	}
}

static void start(ulong *stack)
{
	char **argv = (char **)(stack + 1);
	char **environment = argv + stack[0] + 1;
	char **program = argv + 1;
	int status = 0, left = GRACE, hides = 0;
	long child;

	if (program[0] && program[0][0] == '-' && program[0][1] == 'x')
		hides = 1, program++;
	sys2(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1);
	/* Out of the terminal's foreground: an interrupt there is for the one who started this to handle. */
	sys2(SYS_setpgid, 0, 0);
	child = sys0(SYS_fork);
	if (child < 0)
		quit(127);
	if (child == 0) {
		sys2(SYS_setpgid, 0, 0);
		sys2(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
		sys1(SYS_close, LIFELINE);
		limit_stack();
		if (hides)
			hide_xsave();
		sys3(SYS_execve, program[0], program, environment);
		quit(127);
	}
	sys2(SYS_setpgid, child, child);
	sys1(SYS_close, 0);
	sys1(SYS_close, 1);
	for (;;) {
		struct pollfd line = { LIFELINE, POLLIN, 0 };

		/* Twenty times a second is often enough to see the program end. */
		if (left == GRACE && sys3(SYS_poll, &line, 1, TICK) > 0)
			left -= TICK;
		else if (left < GRACE) {
			sys3(SYS_poll, 0, 0, TICK);
			left -= TICK;
		}
		if (left <= 0 || sys4(SYS_wait4, child, &status, WNOHANG, 0) == child)
			break;
	}
	end_all(child);
	quit((status & 0x7f) != 0 ? 128 + (status & 0x7f) : (status >> 8) & 0xff);
}
