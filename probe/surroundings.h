/* What the probe needs around it: an address space laid out as it wants it, files, and in a guest a terminal. */
#ifndef SURROUNDINGS_H
#define SURROUNDINGS_H

#include "calls.h"
#include "limit.h"
#include "requests.h"

enum { CLONE_NEWNS = 0x20000, CLONE_NEWUSER = 0x10000000, MS_REC = 0x4000, MS_PRIVATE = 1 << 18 };
enum { RLIMIT_MEMLOCK = 8, CAP_IPC_LOCK = 14 };

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

/*
 * Kernels of which a process gets back more than was charged for it take Committed_AS down, scenario
 * by scenario, and below 0 it is shown as 0. So a guest begins with a charge that it never uses: a
 * shared object of 16 Mi pages at the end of the reservation.
 */
static void charge_ballast(void)
{
	ulong length = 16UL << 20 << 12;
	long found;

	if (!write_file("/proc/sys/vm/overcommit_memory", "1", 1))
		return;
	reservation_end -= length;
	found = sys6(SYS_mmap, reservation_end, length, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, ~0UL, 0);
	if (found < 0)
		fail("ballast", -found);
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
	/* From here on, since what there is to warn of in a start is nothing that scenarios do. */
	write_file("/proc/sys/kernel/panic_on_warn", "1", 1);
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

#endif
