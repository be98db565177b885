/* @HEADER@ */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MREMAP_MAYMOVE
#define MREMAP_MAYMOVE 1
#endif
#ifndef MREMAP_FIXED
#define MREMAP_FIXED 2
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif
#ifndef MAP_HUGETLB
#define MAP_HUGETLB 0x40000
#endif
#ifndef SYS_mseal
#define SYS_mseal 462
#endif
#ifndef SYS_memfd_create
#define SYS_memfd_create 319
#endif

enum { PASS = 0, FAIL = 1, SKIP = 4 };

/* A page, or as much of a huge page as a page of the trace stands for. */
#define UNIT @UNIT@UL
/* For values that are no multiple of a page. */
#define HALF 2048UL
#define PAGE 4096UL
/* Where all takes place; nothing else may be mapped near. */
#define WINDOW 0x100000000UL
#define PAGES @PAGES@
/* Map slots that are left when the calls are made: max_map_count less map_count. */
#define HEADROOM (@HEADROOM@)

enum { MMAP, TOUCH, MUNMAP, MPROTECT, MLOCK, MUNLOCK, MSEAL, MREMAP };
enum { ANON, FPRIV, FSHARED, SHM, HUGETLB };

/* A call: for mmap() the kind, protection and offset are behind the range, for mremap() the rest of its arguments. */
struct call {
	int call;
	unsigned long addr, len, a, b, c;
	const char *text;
};

/* A VMA as /proc/self/maps has it, in units of the window. */
struct area {
	long start, end;
	char prot, share;
	long offset; /* -1: not looked at */
};

/* What is "not ok": see the comment at the top. */
enum { UNTOUCHED, UNTOUCHED_BY, LIMIT, REFUSED, COUNTED, OUTCOME };

enum { TOTAL, LOCKED, COMMITTED, COUNTERS };

@DATA@
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])) - 1)

/* All that is written to while it matters is here: no heap, no stdio, so that nothing maps anything. */
static char text[1 << 16], line[512];
static struct area before[128], after[128];
static int file = -1, limit_file = -1;
static long old_limit;

static void say(const char *format, ...)
{
	static char out[1024];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(out, sizeof(out), format, args);
	va_end(args);
	if (length > (int)sizeof(out) - 1)
		length = sizeof(out) - 1;
	if (write(1, out, length) != length)
		_exit(FAIL);
}

static long read_limit(void)
{
	long limit = 0, got;
	int fd = open("/proc/sys/vm/max_map_count", O_RDONLY);

	if (fd < 0)
		return -1;
	got = read(fd, line, sizeof(line) - 1);
	close(fd);
	for (long i = 0; i < got && line[i] >= '0' && line[i] <= '9'; i++)
		limit = limit * 10 + line[i] - '0';
	return limit;
}

static int set_limit(long limit)
{
	int length = snprintf(line, sizeof(line), "%ld\n", limit);

	return pwrite(limit_file, line, length, 0) == length;
}

static void restore_limit(void)
{
	if (limit_file >= 0 && old_limit > 0)
		set_limit(old_limit);
}

static void on_signal(int number)
{
	restore_limit();
	_exit(128 + number);
}

static void finish(int how)
{
	restore_limit();
	say("# Totals: pass:%d fail:%d xfail:0 xpass:0 skip:%d error:0\n", how == PASS, how == FAIL, how == SKIP);
	_exit(how);
}

static void skip(const char *why, const char *what)
{
	restore_limit();
	say("ok 1 %s # SKIP %s%s%s\n", INVARIANT, why, *what ? ": " : "", what);
	finish(SKIP);
}

static unsigned long hex(const char **at)
{
	unsigned long n = 0;

	for (;; (*at)++) {
		if (**at >= '0' && **at <= '9')
			n = n * 16 + (unsigned long)(**at - '0');
		else if (**at >= 'a' && **at <= 'f')
			n = n * 16 + (unsigned long)(**at - 'a' + 10);
		else
			return n;
	}
}

/* A line of maps; those of the window are noted, [vsyscall] is no VMA. */
static int note(const char *at, struct area *areas, int *areas_found)
{
	unsigned long start = hex(&at), end, offset;
	struct area *area;

	at++;
	end = hex(&at);
	if (start >= 0xffffffffff600000UL)
		return 0;
	if (end <= WINDOW || start >= WINDOW + PAGES * UNIT || areas == NULL || *areas_found == 127)
		return 1;
	area = &areas[(*areas_found)++];
	area->start = ((long)start - (long)WINDOW) / (long)UNIT;
	area->end = ((long)end - (long)WINDOW) / (long)UNIT;
	area->prot = at[2] == 'w' ? 'w' : at[1] == 'r' ? 'r' : '-';
	area->share = at[4];
	at += 6;
	offset = hex(&at);
	area->offset = (long)(offset / UNIT);
	return 1;
}

/* map_count, and the VMAs of the window with an empty one behind. */
static long read_maps(struct area *areas)
{
	int fd = open("/proc/self/maps", O_RDONLY), found = 0;
	long count = 0, kept = 0, got;

	if (fd < 0)
		skip("cannot open", "/proc/self/maps");
	while ((got = read(fd, text + kept, sizeof(text) - 1 - kept)) > 0) {
		char *at = text, *end;

		text[kept + got] = '\0';
		while ((end = strchr(at, '\n')) != NULL) {
			count += note(at, areas, &found);
			at = end + 1;
		}
		kept = (long)strlen(at);
		memmove(text, at, kept);
	}
	close(fd);
	if (areas != NULL)
		memset(&areas[found], 0, sizeof(areas[found]));
	return count;
}

/* A number of a file of /proc that has a label in front, in pages. */
static long labelled(const char *path, const char *label)
{
	int fd = open(path, O_RDONLY);
	long got = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	const char *at;

	if (fd >= 0)
		close(fd);
	text[got > 0 ? got : 0] = '\0';
	at = strstr(text, label);
	return at == NULL ? 0 : atol(at + strlen(label)) / (long)(PAGE / 1024);
}

struct counters {
	long of[COUNTERS];
};

static const char *const counter_name[] = { [TOTAL] = "VmSize", [LOCKED] = "VmLck", [COMMITTED] = "Committed_AS" };

static struct counters read_counters(void)
{
	struct counters now;

	now.of[TOTAL] = labelled("/proc/self/status", "VmSize:");
	now.of[LOCKED] = labelled("/proc/self/status", "VmLck:");
	now.of[COMMITTED] = labelled("/proc/meminfo", "Committed_AS:");
	return now;
}

/* By how much the counter that the promise is about is another than it was. */
static long changed_since(struct counters was)
{
	return read_counters().of[COUNTER] - was.of[COUNTER];
}

static int same(const struct area *a, const struct area *b)
{
	for (; a->end != 0 && b->end != 0; a++, b++)
		if (a->start != b->start || a->end != b->end || a->prot != b->prot || a->share != b->share ||
		    (a->offset >= 0 && b->offset >= 0 && a->offset != b->offset))
			return 0;
	return a->end == b->end;
}

static void show(const char *when, long map_count, const struct area *areas)
{
	say("# %s: map_count %ld, VMAs (pages)", when, map_count);
	for (; areas->end != 0; areas++)
		say(" %ld-%ld:%s%c", areas->start, areas->end - 1, areas->prot == 'w' ? "rw" : areas->prot == 'r' ? "r" : "none",
		    areas->share);
	say("\n");
}

static long raw(long done)
{
	return done == -1 ? -errno : done;
}

static long map(const struct call *c)
{
	static const int flags[] = {
		[ANON] = MAP_PRIVATE | MAP_ANONYMOUS,
		[FPRIV] = MAP_PRIVATE,
		[FSHARED] = MAP_SHARED,
		[SHM] = MAP_SHARED | MAP_ANONYMOUS,
		[HUGETLB] = MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE,
	};
	int is_file = c->a == FPRIV || c->a == FSHARED;

	return raw(syscall(SYS_mmap, WINDOW + c->addr, c->len, c->b, flags[c->a] | MAP_FIXED, is_file ? file : -1, is_file ? c->c : 0));
}

static long perform(const struct call *c)
{
	unsigned long at = WINDOW + c->addr;

	switch (c->call) {
	case MMAP:
		return map(c);
	case TOUCH:
		for (unsigned long page = 0; page < c->len; page += UNIT)
			*(volatile char *)(at + page) = 1;
		return 0;
	case MUNMAP:
		return raw(syscall(SYS_munmap, at, c->len));
	case MPROTECT:
		return raw(syscall(SYS_mprotect, at, c->len, c->a));
	case MLOCK:
		return raw(syscall(SYS_mlock, at, c->len));
	case MUNLOCK:
		return raw(syscall(SYS_munlock, at, c->len));
	case MSEAL:
		return raw(syscall(SYS_mseal, at, c->len, 0));
	default:
		return raw(syscall(SYS_mremap, at, c->len, c->a, c->b, WINDOW + c->c));
	}
}

/* Map slots that are left for the set-up. As root no more fillers than these, whatever the limit is. */
enum { ROOM = 200, MOST_FILLERS_OF_ROOT = 65000 };

/*
 * Comes near to the limit by single pages with protections that alternate, so that none merge. As root the sysctl
 * does the rest; yet it is not taken far below what it was, since it is the limit of the whole machine.
 */
static void fill(long wanted)
{
	static unsigned long at, end, next;

	if (wanted <= 0)
		return;
	if (at == 0) {
		void *room;

		end = ((unsigned long)wanted + 2 * ROOM) * PAGE;
		room = mmap(NULL, end, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (room == MAP_FAILED)
			skip("no room for filler mappings", strerror(errno));
		at = (unsigned long)room;
		end += at;
		next = at + PAGE;
		wanted--;
	}
	for (; wanted > 0; wanted--, next += PAGE)
		if (next + PAGE >= end ||
		    mprotect((void *)next, end - next, (next - at) / PAGE % 2 ? PROT_READ : PROT_NONE) != 0)
			skip("cannot fill up to the limit", strerror(errno));
}

static void fill_up(void)
{
	long wanted = old_limit - read_maps(NULL) - ROOM;

	if (limit_file >= 0 && wanted > MOST_FILLERS_OF_ROOT)
		wanted = MOST_FILLERS_OF_ROOT;
	if (wanted > 2)
		fill(wanted);
}

static void limit_here(void)
{
	long count = read_maps(NULL), missing = old_limit - HEADROOM - count;

	if (limit_file >= 0) {
		if (!set_limit(count + HEADROOM))
			skip("cannot set vm.max_map_count", strerror(errno));
		return;
	}
	if (missing < 0)
		skip("too many mappings for this limit without root", "");
	fill(missing);
}

/* What the last call returns with map slots to spare: in a process of its own, whatever it does there. */
static long result_with_room(void)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		long result = 0;

		for (int i = 0; i < COUNT(setup); i++)
			perform(&setup[i]);
		for (int i = 0; i < COUNT(calls); i++)
			result = perform(&calls[i]);
		_exit(result < 0 ? (int)-result : 0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		skip("cannot make a process", strerror(errno));
	return WIFEXITED(status) ? -(long)WEXITSTATUS(status) : 0;
}

static int is_broken(long result, long count, long count_before, long with_room, long drift)
{
	long limit = count_before + HEADROOM;

	switch (PROMISE) {
	case UNTOUCHED:
		return result < 0 && !same(before, after);
	case UNTOUCHED_BY:
		return result == EXPECTED_RESULT && !same(before, after);
	case LIMIT:
		return count > limit + OVERSHOOT && count > count_before;
	case REFUSED:
		return result == EXPECTED_RESULT && with_room == WITH_ROOM;
	case COUNTED:
		return drift != 0;
	default:
		return result == EXPECTED_RESULT && same(after, expected_after) && count - count_before == EXPECTED_COUNT;
	}
}

int main(void)
{
	struct counters was, is, limited;
	long count_before, count_after, result = 0, with_room = 0, drift = 0;
	int broken;

	say("TAP version 13\n1..1\n");
	if (*CANNOT)
		skip(CANNOT, "");
	if (sysconf(_SC_PAGESIZE) != (long)PAGE)
		skip("the page size is not 4096", "");
	read_maps(before);
	if (before[0].end != 0)
		skip("something is mapped where this takes place", "");
	old_limit = read_limit();
	if (old_limit <= 0)
		skip("cannot read", "/proc/sys/vm/max_map_count");
	if (geteuid() == 0)
		limit_file = open("/proc/sys/vm/max_map_count", O_RDWR);
	if (limit_file < 0 && HEADROOM < 0)
		skip("max_map_count has to be below map_count, which takes root", "");
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	signal(SIGSEGV, on_signal);
	signal(SIGBUS, on_signal);
	file = (int)syscall(SYS_memfd_create, "reproducer", 1);
	if (file >= 0 && ftruncate(file, 128 * UNIT) != 0)
		skip("cannot make a file", strerror(errno));

	if (WITH_ROOM != 0)
		with_room = result_with_room();
	fill_up();
	was = read_counters();
	for (int i = 0; i < COUNT(setup); i++) {
		result = perform(&setup[i]);
		say("# set-up  %s = %s\n", setup[i].text, result < 0 ? strerror((int)-result) : "ok");
		if (result < 0)
			skip("the set-up is not possible here", setup[i].text);
	}
	read_maps(before);
	if (!LIMITED_FROM_START && !same(before, expected_before)) {
		show("found", read_maps(before), before);
		skip("the set-up leaves other VMAs than in the trace", "");
	}
	drift = changed_since(was);
	limit_here();
	count_before = read_maps(before);
	was = limited = read_counters();
	for (int i = 0; i < COUNT(calls); i++) {
		if (i > 0 && i == COUNT(calls) - 1) {
			read_maps(before);
			was = read_counters();
		}
		result = perform(&calls[i]);
	}
	count_after = read_maps(after);
	is = read_counters();
	restore_limit();

	if (PROMISE == COUNTED) {
		/*
		 * Nothing else shows which VMAs the kernel takes to be locked or accounted: these give it back now. What
		 * has been written to the file is charged too, until it goes.
		 */
		if (munmap((void *)WINDOW, PAGES * UNIT) != 0 || (file >= 0 && ftruncate(file, 0) != 0))
			skip("cannot unmap it all", strerror(errno));
		drift += changed_since(limited);
		if (COUNTER == COMMITTED && drift != 0 && drift != EXPECTED_COMMITTED)
			skip("others change Committed_AS too, or it is off otherwise than on " RELEASE, "");
	}
	broken = is_broken(result, count_after, count_before, with_room, drift);
	show("before", count_before, before);
	if (result < 0)
		say("# %s = -1, %s\n", calls[COUNT(calls) - 1].text, strerror((int)-result));
	else
		say("# %s = %s\n", calls[COUNT(calls) - 1].text, "ok");
	show("after", count_after, after);
	say("# max_map_count then: %ld; VmSize %+ld, VmLck %+ld, Committed_AS %+ld pages\n", count_before + HEADROOM,
	    is.of[TOTAL] - was.of[TOTAL], is.of[LOCKED] - was.of[LOCKED], is.of[COMMITTED] - was.of[COMMITTED]);
	if (PROMISE == COUNTED)
		say("# with all unmapped again: %+ld pages of %s\n", drift, counter_name[COUNTER]);
	if (WITH_ROOM != 0)
		say("# with map slots to spare: %s\n", with_room < 0 ? strerror((int)-with_room) : "ok");
	say("%s 1 %s: %s\n", broken ? "not ok" : "ok", INVARIANT, broken ? "broken as on " RELEASE : "not broken by this call");
	finish(broken ? FAIL : PASS);
}
