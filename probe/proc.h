/* What /proc shows: the VMAs of the arena, and counters. */
#ifndef PROC_H
#define PROC_H

#include "output.h"
#include "scenario.h"

typedef struct {
	long start, pages, offset;
	char kind, prot, share;
} Entry;

typedef struct {
	int entries;
	int bytes[MAX_PAGES];
	Entry entry[2 * MAX_PAGES];
} View;

typedef struct {
	long map_count, total_vm, locked_vm, committed;
} Counters;

static int maps_file, statm_file, status_file, meminfo_file;
static int shows_committed;
static char maps[1 << 16];
static long fillers;   /* see limit.h */
static long elsewhere; /* VMAs behind the arena, but for the fillers */

static int must_open(const char *path, int flags)
{
	long fd = sys3(SYS_open, path, flags, 0);

	if (fd < 0)
		fail("open", -fd);
	return (int)fd;
}

/* The files of /proc/self belong to the process that opened them. */
static void open_own_files(void)
{
	maps_file = must_open("/proc/self/maps", O_RDONLY);
	statm_file = must_open("/proc/self/statm", O_RDONLY);
	status_file = must_open("/proc/self/status", O_RDONLY);
}

/* A file of /proc, which comes in one piece if there is room for it, with a null behind it. */
static void slurp(int fd, char *text, ulong size)
{
	long got = sys4(SYS_pread, fd, text, size - 1, 0);

	if (got < 0)
		fail("proc", -got);
	text[got] = '\0';
}

static const char *number_in(const char *text, int base, ulong *n)
{
	for (*n = 0;; text++) {
		int digit = *text >= '0' && *text <= '9' ? *text - '0' :
			    base == 16 && *text >= 'a' && *text <= 'f' ? *text - 'a' + 10 : -1;

		if (digit < 0)
			return text;
		*n = *n * (ulong)base + (ulong)digit;
	}
}

static int starts_with(const char *text, const char *start)
{
	while (*start != '\0')
		if (*text++ != *start++)
			return 0;
	return 1;
}

/* The number behind a label of a file such as /proc/self/status, in the unit that it has there. */
static ulong labelled(const char *text, const char *label, int base)
{
	ulong n = 0;

	for (; *text != '\0'; text++) {
		if (!starts_with(text, label))
			continue;
		while (*text != ':')
			text++;
		do
			text++;
		while (*text == ' ' || *text == '\t');
		number_in(text, base, &n);
		break;
	}
	return n;
}

static const char *past(const char *text, char c)
{
	while (*text != c && *text != '\n')
		text++;
	return *text == c ? text + 1 : text;
}

static char kind_of(const char *path)
{
	if (*path != '/' && *path != '[')
		return 'a';
	if (starts_with(path, "/dev/zero"))
		return 's';
	return starts_with(path, "/memfd:") ? 'f' : 'r';
}

/* A line of maps as an entry, if it meets the window. */
static void note_entry(View *view, const char *line, ulong start, ulong end)
{
	Entry *entry;
	ulong offset;

	if (view == 0 || end <= window || start >= window + (ulong)scenario.pages * PAGE)
		return;
	if (view->entries == 2 * MAX_PAGES)
		fail("entries", view->entries);
	entry = &view->entry[view->entries];
	entry->start = ((long)start - (long)window) / PAGE;
	entry->pages = (long)(end - start) / PAGE;
	entry->prot = line[1] == 'w' ? 'w' : line[0] == 'r' ? 'r' : 'n';
	entry->share = line[3];
	line = number_in(past(line, ' '), 16, &offset);
	line = past(past(line + 1, ' '), ' ');
	while (*line == ' ')
		line++;
	entry->kind = *line >= '0' && *line <= '9' ? 'a' : kind_of(line);
	entry->offset = (long)(offset / PAGE);
	view->entries++;
}

/*
 * How many VMAs there are up to the end of the arena, and those of the window. With view 0 and
 * limit ~0 it counts all. vsyscall is listed and is no VMA.
 */
static long read_maps(View *view, ulong limit)
{
	long count = 0;
	ulong kept = 0, at = 0;

	if (view != 0)
		view->entries = 0;
	for (;;) {
		long got = sys4(SYS_pread, maps_file, maps + kept, sizeof maps - kept, at);
		const char *line = maps, *stop;

		if (got < 0)
			fail("proc", -got);
		if (got == 0)
			return count;
		at += (ulong)got;
		for (stop = maps + kept + got; ; ) {
			const char *end = line, *text;
			ulong from, to;

			while (end < stop && *end != '\n')
				end++;
			if (end == stop)
				break;
			text = number_in(number_in(line, 16, &from) + 1, 16, &to) + 1;
			if (from >= limit)
				return count;
			if ((long)from >= 0) {
				count++;
				note_entry(view, text, from, to);
			}
			line = end + 1;
		}
		for (kept = 0; line < stop; )
			maps[kept++] = *line++;
	}
}

static Counters count(View *view)
{
	Counters now;
	ulong total;

	now.map_count = read_maps(view, RESERVATION) + fillers + elsewhere;
	slurp(statm_file, maps, 512);
	number_in(maps, 10, &total);
	now.total_vm = (long)total;
	slurp(status_file, maps, sizeof maps);
	now.locked_vm = (long)labelled(maps, "VmLck", 10) / (PAGE / 1024);
	now.committed = 0;
	if (shows_committed) {
		slurp(meminfo_file, maps, sizeof maps);
		now.committed = (long)labelled(maps, "Committed_AS", 10) / (PAGE / 1024);
	}
	return now;
}

#endif
