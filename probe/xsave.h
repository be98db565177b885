/*
 * Hides the XSAVE form of registers from ptrace().
 *
 * User-mode Linux of 6.1 keeps the registers of its processes in 2,696 bytes. Where the state of the processor
 * is larger (11,008 bytes with AMX), the host does not put back what is cut off, and init dies of SIGSEGV.
 * Without this form it takes the older one, of 512 bytes, as on a processor that knows no other: what is not
 * in that (AVX) is cleared by a fault of the process.
 */
#ifndef XSAVE_H
#define XSAVE_H

#include "bare.h"

enum { PR_SET_SECCOMP = 22, PR_SET_NO_NEW_PRIVS = 38, SECCOMP_MODE_FILTER = 2 };
enum { SYS_ptrace = 101, PTRACE_GETREGSET = 0x4204, NT_X86_XSTATE = 0x202, ENODEV = 19 };
/* Of the classic BPF: load a word, skip so many unless it is equal, return. */
enum { LOAD = 0x20, EQUAL = 0x15, RETURN = 0x06 };
enum { ALLOWED = 0x7fff0000, FAILS = 0x00050000 };
/* Where a filter finds the number of a system call, and the lower half of an argument. */
enum { NUMBER = 0, ARGUMENTS = 16 };

struct instruction { unsigned short code; unsigned char if_true, if_false; unsigned int value; };
struct filter { unsigned short length; const struct instruction *first; };

/* For the process and all that it starts; without effect where the kernel has no such filters. */
static void hide_xsave(void)
{
	static const struct instruction program[] = {
		{ LOAD, 0, 0, NUMBER }, { EQUAL, 0, 5, SYS_ptrace },
		{ LOAD, 0, 0, ARGUMENTS }, { EQUAL, 0, 3, PTRACE_GETREGSET },
		{ LOAD, 0, 0, ARGUMENTS + 2 * 8 }, { EQUAL, 0, 1, NT_X86_XSTATE },
		{ RETURN, 0, 0, FAILS | ENODEV },
		{ RETURN, 0, 0, ALLOWED },
	};
	struct filter filter = { sizeof program / sizeof *program, program };

	sys5(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	sys5(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}

#endif
