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
 * unmapped: it stays, and the next window lies elsewhere.
 */
#include "bare.h"

enum { PAGE = 4096, MAX_PAGES = 64, MAX_CALLS = 256, FILE_PAGES = 64, INBOX = 1 << 16 };
/* Map slots. ROOM is what is left free at the start; it decides nothing but speed. */
enum { ROOM = 128, GUEST_LIMIT = 1000, MOST_FILLERS = 1 << 22 };
#define REQUESTS_AT 0x8000000UL   /* 128 MiB, above text and data */
#define ARENA 0x10000000UL        /* 256 MiB: below where some kernels begin to look for room */
#define WINDOWS 0x100000000UL     /* 4 GiB: the first window; a new child begins there */
#define NEXT_WINDOW 0x1000000UL   /* 16 MiB further on */
#define RESERVATION 0x200000000UL /* 8 GiB, the end of the arena */

enum { EXIT_UNCLEAN = 10, EXIT_DONE, EXIT_FAILED };
enum { MFD_CLOEXEC = 1, AT_FDCWD = -100 };
enum { CLONE_NEWNS = 0x20000, CLONE_NEWUSER = 0x10000000, MS_REC = 0x4000, MS_PRIVATE = 1 << 18 };
enum { RLIMIT_MEMLOCK = 8, CAP_IPC_LOCK = 14 };

typedef struct {
	int call;
	long arg[5];
} Call;
enum { MMAP, TOUCH, MUNMAP, MPROTECT, MLOCK, MUNLOCK, MSEAL, MREMAP };
static const int ARGUMENTS[] = { 5, 2, 2, 3, 2, 2, 2, 5 };
enum { ANON, SHM, FPRIV, FSHARED, RAMFS };

typedef struct {
	long id, pages, headroom, setups, calls;
	Call call[MAX_CALLS];
} Scenario;

/* Shared by all children: what one has read, the next goes on with. */
typedef struct {
	ulong at, end;
	long running; /* the scenario under way, -1 for none */
	char text[INBOX];
} Inbox;
#define inbox ((Inbox *)REQUESTS_AT)

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
	char *base;
	ulong length;
} Piece;

typedef struct {
	long map_count, total_vm, locked_vm, committed;
} Counters;

static Scenario scenario;
static View views[2];
static char maps[1 << 16];
static char out[1 << 16];
static ulong out_length;
static const char zeros[PAGE];

static int is_guest;
static int with_sysctl;
static int shows_committed;
static int ramfs_folder = -1;
static int bytes_file;   /* byte n at offset n: what a touch reads into the page */
static int scratch_file; /* what is read of a page is written there first */
static int maps_file, statm_file, status_file, meminfo_file, limit_file;
static long first_limit;
static long fillers;
static long elsewhere;  /* VMAs behind the arena, but for the fillers */
static ulong reservation_end;
static ulong window = WINDOWS;
static Counters clean;

/* ---- output ---- */

static void flush(void)
{
	const char *text = out;

	while (out_length > 0) {
		long done = sys3(SYS_write, 1, text, out_length);

		if (done == -EINTR)
			continue;
		if (done <= 0)
			quit(1);
		text += done;
		out_length -= (ulong)done;
	}
}

static void put_char(char c)
{
	if (out_length == sizeof out)
		flush();
	out[out_length++] = c;
}

static void put_text(const char *text)
{
	while (*text != '\0')
		put_char(*text++);
}

static void put_number(long n)
{
	char digits[24];
	int length = 0;
	ulong rest = n < 0 ? -(ulong)n : (ulong)n;

	if (n < 0)
		put_char('-');
	do
		digits[length++] = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	while (length > 0)
		put_char(digits[--length]);
}

/* What stops the probe altogether: a word that wire.ts turns into a message, and a number. */
__attribute__((noreturn)) static void fail(const char *word, long detail)
{
	put_text("!");
	put_text(word);
	put_char(' ');
	put_number(detail);
	put_char('\n');
	flush();
	for (;;) {
		if (!is_guest)
			quit(EXIT_FAILED);
		sys3(SYS_poll, 0, 0, -1);
	}
}

/* ---- what /proc shows ---- */

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

/*
 * The first bytes of pages of files and of objects, 0 where these end before a page: a write() from
 * there says so, a load would end us with a signal. One call for all of them, unless it says so.
 */
static void read_file_pages(View *view, const long *pages, int count)
{
	unsigned char bytes[MAX_PAGES];
	Piece piece[MAX_PAGES];

	for (int i = 0; i < count; i++) {
		piece[i].base = (char *)window + pages[i] * PAGE;
		piece[i].length = 1;
	}
	for (int i = 0; i < count; ) {
		long done = sys4(SYS_pwritev, scratch_file, piece + i, count - i, 0);

		if (done > 0)
			sys4(SYS_pread, scratch_file, bytes, done, 0);
		for (int k = 0; k < done; k++)
			view->bytes[pages[i++]] = bytes[k];
		if (done <= 0)
			i++;
	}
}

static void read_bytes(View *view)
{
	long in_file[MAX_PAGES];
	int in_files = 0;

	for (long page = 0; page < scenario.pages; page++)
		view->bytes[page] = 0;
	for (int i = 0; i < view->entries; i++) {
		const Entry *entry = &view->entry[i];
		long from = entry->start < 0 ? 0 : entry->start, to = entry->start + entry->pages;

		for (long page = from; page < to && page < scenario.pages && entry->prot != 'n'; page++) {
			if (entry->kind != 'a')
				in_file[in_files++] = page;
			else
				view->bytes[page] = *(volatile unsigned char *)(window + (ulong)page * PAGE);
		}
	}
	read_file_pages(view, in_file, in_files);
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

/* ---- the limit ---- */

static long limit_now(void)
{
	char text[32];
	ulong limit;

	slurp(limit_file, text, sizeof text);
	number_in(text, 10, &limit);
	return (long)limit;
}

static void set_limit(long limit)
{
	char text[24];
	long at = sizeof text, done;

	text[--at] = '\n';
	do
		text[--at] = (char)('0' + limit % 10);
	while ((limit /= 10) > 0);
	done = sys4(SYS_pwrite, limit_file, text + at, sizeof text - (ulong)at, 0);
	if (done < 0)
		fail("sysctl", -done);
}

/*
 * Filler i is page i of the reservation, the last one all that is left of it; even ones may not be
 * read, odd ones may. One more is one split at the end; any number fewer is one call that makes
 * them all alike.
 */
static void fill(long wanted)
{
	while (fillers != wanted) {
		long next = wanted > fillers ? fillers + 1 : wanted;
		ulong from = RESERVATION + (ulong)(next - 1) * PAGE;
		int prot = next % 2 == 0 ? PROT_READ : PROT_NONE;
		long done;

		if (next < 1)
			fail("fillers", wanted);
		done = sys3(SYS_mprotect, from, reservation_end - from, prot);
		if (done < 0)
			fail("filler", -done);
		fillers = next;
	}
}

/*
 * No call of a set-up may meet the limit: each page of the window may be a VMA, each call may place
 * another outside, and some ask for a few more than they take.
 */
static void make_room(long map_count)
{
	long wanted = scenario.pages + scenario.setups + 16, free;

	if (with_sysctl) {
		set_limit(map_count + wanted);
		return;
	}
	free = limit_now() - map_count;
	if (free < wanted)
		fill(fillers - (wanted - free));
}

static void limit_to(long map_count, long headroom)
{
	if (with_sysctl)
		set_limit(map_count + headroom);
	else
		fill(fillers + limit_now() - headroom - map_count);
}

/* ---- calls ---- */

static int new_file(int is_ramfs)
{
	Piece page[FILE_PAGES];
	long fd, done;

	if (is_ramfs) {
		fd = sys4(SYS_openat, ramfs_folder, "file", O_RDWR | O_CREAT | O_EXCL, 0600);
		sys3(SYS_unlinkat, ramfs_folder, "file", 0);
	} else {
		fd = sys2(SYS_memfd_create, "file", MFD_CLOEXEC);
	}
	if (fd < 0)
		fail("file", -fd);
	for (int i = 0; i < FILE_PAGES; i++) {
		page[i].base = (char *)zeros;
		page[i].length = PAGE;
	}
	done = sys3(SYS_writev, fd, page, FILE_PAGES);
	if (done != FILE_PAGES * PAGE)
		fail("file", done);
	return (int)fd;
}

static int memfd, ramfs_file;

static int uses(int first, int last)
{
	for (int i = 0; i < scenario.setups + scenario.calls; i++)
		if (scenario.call[i].call == MMAP && scenario.call[i].arg[2] >= first &&
		    scenario.call[i].arg[2] <= last)
			return 1;
	return 0;
}

/*
 * A touch is a read() into the pages, one by one: it faults as a store of the process does, and at
 * a page that cannot be written it ends, where a store would end us with a signal.
 */
static long touch(long first, long pages)
{
	Piece piece[MAX_PAGES];
	long done;

	for (long i = 0; i < pages; i++) {
		piece[i].base = (char *)window + (first + i) * PAGE;
		piece[i].length = 1;
	}
	done = sys4(SYS_preadv, bytes_file, piece, pages, first + 1);
	return done == pages ? 0 : done < 0 ? done : -EFAULT;
}

static long map(const long *arg)
{
	int flags = MAP_FIXED | (arg[2] == ANON || arg[2] == FPRIV ? MAP_PRIVATE : MAP_SHARED);
	int fd = arg[2] == RAMFS ? ramfs_file : memfd;

	if (arg[2] == ANON || arg[2] == SHM)
		return sys6(SYS_mmap, window + (ulong)arg[0] * PAGE, (ulong)arg[1] * PAGE,
			    (ulong)arg[3], (ulong)(flags | MAP_ANONYMOUS), ~0UL, 0);
	return sys6(SYS_mmap, window + (ulong)arg[0] * PAGE, (ulong)arg[1] * PAGE, (ulong)arg[3],
		    (ulong)flags, (ulong)fd, (ulong)arg[4] * PAGE);
}

/* As the kernel answers: an address, 0, or minus an errno. */
static long perform(const Call *call)
{
	const long *arg = call->arg;
	ulong at = window + (ulong)arg[0] * PAGE, length = (ulong)arg[1] * PAGE;

	switch (call->call) {
	case MMAP:
		return map(arg);
	case TOUCH:
		return touch(arg[0], arg[1]);
	case MUNMAP:
		return sys2(SYS_munmap, at, length);
	case MPROTECT:
		return sys3(SYS_mprotect, at, length, arg[2]);
	case MLOCK:
		return sys2(SYS_mlock, at, length);
	case MUNLOCK:
		return sys2(SYS_munlock, at, length);
	case MSEAL:
		return sys3(SYS_mseal, at, length, 0);
	default:
		return sys5(SYS_mremap, at, length, (ulong)arg[2] * PAGE, arg[3],
			    window + (ulong)arg[4] * PAGE);
	}
}

/* ---- answers ---- */

static int same_view(const View *a, const View *b)
{
	if (a->entries != b->entries)
		return 0;
	for (int i = 0; i < a->entries; i++) {
		const Entry *x = &a->entry[i], *y = &b->entry[i];

		if (x->start != y->start || x->pages != y->pages || x->offset != y->offset ||
		    x->kind != y->kind || x->prot != y->prot || x->share != y->share)
			return 0;
	}
	for (long page = 0; page < scenario.pages; page++)
		if (a->bytes[page] != b->bytes[page])
			return 0;
	return 1;
}

static void put_view(const View *view)
{
	for (int i = 0; i < view->entries; i++) {
		const Entry *entry = &view->entry[i];

		put_number(entry->start);
		put_char(',');
		put_number(entry->pages);
		put_char(',');
		put_char(entry->kind);
		put_char(entry->share);
		put_char(entry->prot);
		if (entry->kind == 'f' || entry->kind == 'r') {
			put_char(',');
			put_number(entry->offset);
		}
		put_char(' ');
	}
	put_char('|');
	/* Most bytes are those of their page, or of one moved with its neighbours: runs that count up. */
	for (long page = 0; page < scenario.pages; page++) {
		long first = page;

		if (view->bytes[page] == 0)
			continue;
		while (page + 1 < scenario.pages && view->bytes[page + 1] == view->bytes[page] + 1)
			page++;
		put_char(' ');
		put_number(first);
		put_char(',');
		put_number(view->bytes[first]);
		put_char(',');
		put_number(page - first + 1);
	}
}

static void put_result(const Call *call, long result)
{
	int is_address = call->call == MMAP || call->call == MREMAP;
	long page = (result - (long)window) / PAGE;

	if (result < 0 && result > -PAGE)
		put_number(result);
	else if (!is_address)
		put_number(0);
	else if (result < (long)window || page >= scenario.pages)
		put_char('o');
	else
		put_number(page);
}

static void put_step(const Call *call, long result, const Counters *now, const Counters *then)
{
	put_char(';');
	put_result(call, result);
	put_char(' ');
	put_number(now->map_count - then->map_count);
	put_char(' ');
	put_number(now->total_vm - then->total_vm);
	put_char(' ');
	put_number(now->locked_vm);
	put_char(' ');
	put_number(now->committed - then->committed);
	put_char(' ');
}

static void look(View *view, Counters *counters)
{
	*counters = count(view);
	read_bytes(view);
}

static void run_calls(void)
{
	Counters then, now;
	View *last = &views[0], *next = &views[1];

	look(last, &then);
	put_view(last);
	limit_to(then.map_count, scenario.headroom);
	then = count(0);
	for (int i = 0; i < scenario.calls; i++) {
		const Call *call = &scenario.call[scenario.setups + i];
		long result = perform(call);
		View *swap = last;

		look(next, &now);
		put_step(call, result, &now, &then);
		if (same_view(last, next))
			put_char('=');
		else
			put_view(next);
		last = next;
		next = swap;
	}
}

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

/* ---- requests ---- */

static int next_char(void)
{
	if (inbox->at == inbox->end) {
		long got;

		do
			got = sys3(SYS_read, 0, inbox->text, INBOX);
		while (got == -EINTR);
		if (got <= 0)
			return -1;
		inbox->at = 0;
		inbox->end = (ulong)got;
	}
	return inbox->text[inbox->at++];
}

/* The next number; ends the child at the end of the requests. */
static long next_number(void)
{
	long n = 0;
	int c;

	do {
		c = next_char();
		if (c < 0)
			quit(EXIT_DONE);
	} while (c < '0' || c > '9');
	for (; c >= '0' && c <= '9'; c = next_char())
		n = n * 10 + (c - '0');
	return n;
}

static void next_scenario(void)
{
	inbox->running = -1;
	scenario.id = next_number();
	scenario.pages = next_number();
	scenario.headroom = next_number();
	scenario.setups = next_number();
	scenario.calls = next_number();
	if (scenario.pages > MAX_PAGES || scenario.setups + scenario.calls > MAX_CALLS)
		fail("request", scenario.id);
	for (int i = 0; i < scenario.setups + scenario.calls; i++) {
		Call *call = &scenario.call[i];

		call->call = (int)next_number();
		if (call->call > MREMAP)
			fail("request", scenario.id);
		for (int k = 0; k < ARGUMENTS[call->call]; k++)
			call->arg[k] = next_number();
	}
	inbox->running = scenario.id;
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

/* ---- the start ---- */

static void reserve(void)
{
	ulong at = RESERVATION, length;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
	long found;

	found = sys6(SYS_mmap, REQUESTS_AT, (sizeof(Inbox) + PAGE - 1) & -(ulong)PAGE,
		     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, ~0UL, 0);
	if (found != (long)REQUESTS_AT)
		fail("room", found);
	for (length = 1UL << 46; length >= PAGE; ) {
		found = sys6(SYS_mmap, at, length, PROT_NONE, (ulong)flags, ~0UL, 0);
		if (found == (long)at) {
			at += length;
			continue;
		}
		if (found >= 0)
			sys2(SYS_munmap, found, length);
		length /= 2;
	}
	reservation_end = at;
	found = sys6(SYS_mmap, 0, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, ~0UL, 0);
	if (found < (long)ARENA || found >= (long)RESERVATION)
		fail("room", found);
	sys2(SYS_munmap, found, PAGE);
	fillers = 1;
}

static int write_file(const char *path, const char *text, ulong length)
{
	long fd = sys3(SYS_open, path, O_WRONLY, 0), done;

	if (fd < 0)
		return 0;
	done = sys3(SYS_write, fd, text, length);
	sys1(SYS_close, fd);
	return done == (long)length;
}

/* Root of a namespace that holds nobody but the user that we are; files can then be made in it. */
static int enter_user_namespace(void)
{
	long user = sys0(SYS_getuid), group = sys0(SYS_getgid);

	if (sys1(SYS_unshare, CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return 0;
	out_length = 0;
	put_text("0 ");
	put_number(user);
	put_text(" 1");
	if (!write_file("/proc/self/uid_map", out, out_length))
		return 0;
	write_file("/proc/self/setgroups", "deny", 4);
	out_length = 0;
	put_text("0 ");
	put_number(group);
	put_text(" 1");
	user = write_file("/proc/self/gid_map", out, out_length);
	out_length = 0;
	return (int)user;
}

/* A ramfs of our own: in a mount namespace, which takes a user namespace unless we are root. */
static void mount_ramfs(const char *folder)
{
	if (!is_guest && sys1(SYS_unshare, CLONE_NEWNS) < 0 && !enter_user_namespace())
		return;
	if (!is_guest && sys5(SYS_mount, "none", "/", 0, MS_REC | MS_PRIVATE, 0) < 0)
		return;
	if (sys5(SYS_mount, "ramfs", folder, "ramfs", 0, 0) < 0)
		return;
	ramfs_folder = (int)sys3(SYS_open, folder, O_RDONLY | O_DIRECTORY, 0);
}

/* A serial line hands on every byte as it is. */
static void make_raw(int fd)
{
	enum { TCGETS = 0x5401, TCSETS = 0x5402, B115200 = 0x1002, CS8 = 0x30, CREAD = 0x80, CLOCAL = 0x800 };
	struct { unsigned input, output, control, local; unsigned char line, chars[32]; } mode;

	if (sys3(SYS_ioctl, fd, TCGETS, &mode) < 0)
		return;
	mode.input = mode.output = mode.local = 0;
	mode.control = B115200 | CS8 | CREAD | CLOCAL;
	mode.chars[5] = 0; /* VTIME: wait for as long as it takes, */
	mode.chars[6] = 1; /* VMIN: for a byte */
	sys3(SYS_ioctl, fd, TCSETS, &mode);
}

static void be_init(void)
{
	is_guest = shows_committed = 1;
	sys3(SYS_open, "/dev/ttyS0", O_RDWR, 0);
	for (int fd = 0; fd < 3; fd++)
		sys1(SYS_close, fd);
	for (int fd = 0; fd < 3; fd++)
		must_open("/dev/ttyS0", O_RDWR);
	make_raw(0);
	sys5(SYS_mount, "proc", "/proc", "proc", 0, 0);
	mount_ramfs("/ramfs");
}

/* Whether mlock() meets no limit: what a window can hold is far less than 4 MiB. */
static int may_lock(void)
{
	struct { ulong soft, hard; } limit;
	ulong capabilities;

	slurp(status_file, maps, sizeof maps);
	capabilities = labelled(maps, "CapEff", 16);
	sys4(SYS_prlimit, 0, RLIMIT_MEMLOCK, 0, &limit);
	limit.soft = limit.hard;
	sys2(SYS_setrlimit, RLIMIT_MEMLOCK, &limit);
	return (capabilities >> CAP_IPC_LOCK & 1) != 0 || limit.soft >= (4UL << 20);
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
	meminfo_file = must_open("/proc/meminfo", O_RDONLY);
	limit_file = must_open("/proc/sys/vm/max_map_count", with_sysctl || is_guest ? O_RDWR : O_RDONLY);
}

/* As many fillers as any scenario leaves in place. */
static void fill_up(void)
{
	long others = read_maps(0, RESERVATION), limit;

	elsewhere = read_maps(0, ~0UL) - others - fillers;
	if (is_guest && with_sysctl)
		return;
	if (is_guest)
		set_limit(GUEST_LIMIT);
	limit = first_limit = limit_now();
	if (limit > MOST_FILLERS)
		fail("many", limit);
	fill(limit - others - elsewhere - ROOM);
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
