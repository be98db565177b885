/*
 * What a program without a C library needs: system calls of x86-64 and an entry point.
 * Nothing here allocates: a process that uses only this has the same mappings from start to end,
 * but for those that it asks for.
 */
#ifndef BARE_H
#define BARE_H

typedef unsigned long ulong;

enum {
	SYS_read = 0, SYS_write = 1, SYS_open = 2, SYS_close = 3, SYS_poll = 7, 
	SYS_mmap = 9, SYS_mprotect = 10, SYS_munmap = 11, SYS_sigprocmask = 14, SYS_ioctl = 16,
	SYS_pread = 17, SYS_pwrite = 18, SYS_writev = 20, SYS_mremap = 25, SYS_getpid = 39,
	SYS_fork = 57, SYS_execve = 59, SYS_exit = 60, SYS_wait4 = 61, SYS_kill = 62, SYS_uname = 63,
	SYS_unlinkat = 263, SYS_getuid = 102, SYS_getgid = 104, SYS_preadv = 295, SYS_pwritev = 296, SYS_setpgid = 109, SYS_mlock = 149, SYS_munlock = 150,
	SYS_prctl = 157, SYS_setrlimit = 160, SYS_mount = 165, SYS_reboot = 169, SYS_mkdir = 83,
	SYS_openat = 257, SYS_unshare = 272, SYS_fallocate = 285, SYS_prlimit = 302,
	SYS_memfd_create = 319, SYS_mseal = 462
};

enum { EFAULT = 14, EINTR = 4 };
enum { O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0100, O_EXCL = 0200, O_DIRECTORY = 0200000 };
enum { PROT_NONE = 0, PROT_READ = 1, PROT_WRITE = 2 };
enum {
	MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20,
	MAP_NORESERVE = 0x4000, MAP_FIXED_NOREPLACE = 0x100000
};
enum { SIGKILL = 9 };

static long sys6(long number, ulong a, ulong b, ulong c, ulong d, ulong e, ulong f)
{
	register ulong r10 __asm__("r10") = d;
	register ulong r8 __asm__("r8") = e;
	register ulong r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}
#define sys5(n, a, b, c, d, e) sys6(n, (ulong)(a), (ulong)(b), (ulong)(c), (ulong)(d), (ulong)(e), 0)
#define sys4(n, a, b, c, d) sys5(n, a, b, c, d, 0)
#define sys3(n, a, b, c) sys4(n, a, b, c, 0)
#define sys2(n, a, b) sys3(n, a, b, 0)
#define sys1(n, a) sys2(n, a, 0)
#define sys0(n) sys1(n, 0)

/* main, with the stack as the kernel left it: argc, argv, a null, the environment. */
__attribute__((noreturn, used)) static void start(ulong *stack);
__asm__(".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call start\n");

__attribute__((noreturn)) static void quit(int code)
{
	for (;;)
		sys1(SYS_exit, code);
}

#endif
