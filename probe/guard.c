/*
 * guard PROGRAM ARGUMENT...
 *
 * Runs a program in a process group of its own and ends the whole group as soon as descriptor 3, a
 * pipe whose other end is with whoever started this, is closed there: also if that one was killed.
 * Exits as the program did, with 128 + the signal that ended it, or 127 if it cannot be started.
 */
#include "bare.h"

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

/* Ends the group, and whatever has left it since: orphans of this process have become its children. */
static void end_all(long group)
{
	int status;

	sys2(SYS_kill, -group, SIGKILL);
	while (sys4(SYS_wait4, -1, &status, 0, 0) > 0)
		sys2(SYS_kill, -group, SIGKILL);
}

static void start(ulong *stack)
{
	char **argv = (char **)(stack + 1);
	char **environment = argv + stack[0] + 1;
	int status = 0, left = GRACE;
	long child;

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
		sys3(SYS_execve, argv[1], argv + 1, environment);
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
