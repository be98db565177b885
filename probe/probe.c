/*
 * probe [fillers | sysctl]
 *
 * Runs scenarios on the kernel that it runs on: requests on standard input, a line each, answers on
 * standard output. wire.ts has the other side of this protocol, and says what the lines mean. As the
 * init of a guest it talks over the first serial port.
 *
 * What it measures is its own address space, so it asks for all it needs at the start. From low to
 * high there are its text and data, the page of requests, the arena (where all that a scenario maps
 * comes to lie), and a reservation without a hole up to the stack. The kernel can put a mapping
 * whose address it may choose nowhere but in the arena, and /proc/self/maps needs to be read no
 * further than to the end of it.
 *
 * The reservation also holds the fillers, single pages whose protections alternate, so that none
 * merge: with FILLERS of them a process comes as near to max_map_count as is wanted, whoever runs
 * it and without a change of the limit. With `sysctl` the limit itself is set instead: the way of a
 * guest, where nobody else suffers from it. A process that is not alone has fillers all the same, so
 * that the limit is never so low that others meet it.
 *
 * A child runs the scenarios, one after the other, for as long as its address space and its
 * counters are each time what they were before; else another takes its place. So a scenario never
 * sees what one before it left, and no process has to be made for each. What is sealed cannot be
 * unmapped: it stays, and the next window lies elsewhere. What a kernel looks at when a process ends
 * it may complain of then: a child ends when it is asked to.
 */
#include "answer.h"
#include "surroundings.h"

static Counters clean;

/* The index of the touch that could not be made, -1 if the window could be set up. */
static int set_up(void)
{
	for (int i = 0; i < scenario.setups; i++)
		if (perform(&scenario.call[i]) < 0 && scenario.call[i].call == TOUCH)
			return i;
	return -1;
}

/* From some page of the window on; what is in windows before it is sealed, and stays. */
static long unmap_arena(ulong from)
{
	long below = sys2(SYS_munmap, ARENA, WINDOWS - ARENA);
	long above = sys2(SYS_munmap, from, RESERVATION - from);

	return below < 0 ? below : above;
}

/* Unmaps all but what is sealed; whether that is in the window alone. */
static int leave_window(void)
{
	View *left = &views[0];
	ulong end = window + (ulong)scenario.pages * PAGE;
	Counters after;
	long pages = 0;

	make_room(count(0).map_count);
	for (ulong page = window; page < end; page += PAGE)
		sys2(SYS_munmap, page, PAGE);
	if (unmap_arena(end) < 0)
		return 0;
	after = count(left);
	after.map_count -= fillers;
	for (int i = 0; i < left->entries; i++)
		pages += left->entry[i].pages;
	if (after.map_count - clean.map_count != left->entries ||
	    after.total_vm - clean.total_vm != pages || after.locked_vm != clean.locked_vm)
		return 0;
	window += NEXT_WINDOW;
	clean = after;
	return window < RESERVATION / 2 + WINDOWS / 2;
}

/* Whether the next scenario will find all as the last one did. */
static int clean_up(void)
{
	Counters after;

	if (unmap_arena(window) < 0)
		return leave_window();
	after = count(0);
	return after.map_count - fillers == clean.map_count && after.total_vm == clean.total_vm &&
	       after.locked_vm == clean.locked_vm;
}

/* Answers a scenario; whether the next one would find all as this one did. */
static int run_scenario(void)
{
	int with_memfd = uses(FPRIV, FSHARED), with_ramfs = uses(RAMFS, RAMFS), failed;

	memfd = with_memfd ? new_file(0) : -1;
	ramfs_file = with_ramfs ? new_file(1) : -1;
	make_room(clean.map_count + fillers);
	put_char('@');
	put_number(scenario.id);
	put_char(' ');
	failed = set_up();
	if (failed < 0) {
		run_calls();
	} else {
		put_char('x');
		put_number(failed);
	}
	put_char('\n');
	flush();
	if (with_memfd)
		sys1(SYS_close, memfd);
	if (with_ramfs)
		sys1(SYS_close, ramfs_file);
	return clean_up();
}

__attribute__((noreturn)) static void serve(void)
{
	open_own_files();
	clean = count(0);
	clean.map_count -= fillers;
	do
		next_scenario();
	while (run_scenario());
	quit(EXIT_UNCLEAN);
}

static void open_files(void)
{
	char byte;

	bytes_file = (int)sys2(SYS_memfd_create, "bytes", MFD_CLOEXEC);
	for (int i = 0; i <= MAX_PAGES; i++) {
		byte = (char)i;
		if (sys4(SYS_pwrite, bytes_file, &byte, 1, i) != 1)
			fail("file", bytes_file);
	}
	scratch_file = (int)sys2(SYS_memfd_create, "scratch", MFD_CLOEXEC);
	/* Its page is charged when it is written first, which must not be between two looks at the charge. */
	if (sys4(SYS_pwrite, scratch_file, &byte, 1, 0) != 1)
		fail("file", scratch_file);
	meminfo_file = must_open("/proc/meminfo", O_RDONLY);
	limit_file = must_open("/proc/sys/vm/max_map_count", with_sysctl || is_guest ? O_RDWR : O_RDONLY);
}

/* Ubuntu says here alone which release its kernel comes from: "Ubuntu 6.5.0-14.14-generic 6.5.3". */
static void put_signature(void)
{
	static char text[256];
	long fd = sys3(SYS_open, "/proc/version_signature", O_RDONLY, 0);

	if (fd < 0)
		return;
	slurp((int)fd, text, sizeof(text));
	sys1(SYS_close, fd);
	put_char(' ');
	for (const char *at = text; *at != '\0' && *at != '\n'; at++)
		put_char(*at);
}

static void greet(int locks)
{
	static struct { char sysname[65], nodename[65], release[65], version[65], rest[130]; } name;

	sys1(SYS_uname, &name);
	put_text("#1 ");
	put_number(locks);
	put_char(' ');
	put_number(ramfs_folder >= 0);
	put_char(' ');
	put_number(limit_now());
	put_char(' ');
	put_text(name.release);
	put_char(' ');
	put_text(name.version);
	put_signature();
	put_char('\n');
	flush();
}

static void start(ulong *stack)
{
	const char **argv = (const char **)(stack + 1);
	const char *how = stack[0] > 1 ? argv[1] : "";
	int locks;

	if (sys0(SYS_getpid) == 1)
		be_init();
	with_sysctl = starts_with(how, "sysctl") || (is_guest && !starts_with(how, "fillers"));
	open_files();
	open_own_files();
	/* Before the namespace, in which we seem to have every capability. */
	locks = may_lock();
	if (!is_guest)
		mount_ramfs("/tmp");
	reserve();
	if (is_guest)
		charge_ballast();
	fill_up();
	greet(locks);
	for (;;) {
		int status;
		long child = sys0(SYS_fork);

		if (child == 0)
			serve();
		if (child < 0)
			fail("fork", -child);
		sys4(SYS_wait4, child, &status, 0, 0);
		if (status == EXIT_UNCLEAN << 8)
			continue;
		if (status == EXIT_AS_ASKED << 8) {
			put_char('@');
			put_number(inbox->running);
			put_text(" e\n");
			flush();
			continue;
		}
		if ((status & 0x7f) == 0) {
			if (with_sysctl)
				set_limit(first_limit);
			quit(status == EXIT_DONE << 8 ? 0 : status >> 8);
		}
		put_char('@');
		put_number(inbox->running);
		put_text(" k");
		put_number(status & 0x7f);
		put_char('\n');
		flush();
	}
}
