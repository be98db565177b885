/* The calls of a scenario, and the files that they map. */
#ifndef CALLS_H
#define CALLS_H

#include "output.h"
#include "scenario.h"

enum { MFD_CLOEXEC = 1 };

typedef struct {
	char *base;
	ulong length;
} Piece;

static int ramfs_folder = -1;
static int bytes_file; /* byte n at offset n: what a touch reads into the page */
static const char zeros[PAGE];

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

#endif
