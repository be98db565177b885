/* What a scenario is, and where in the address space it takes place. */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "bare.h"

enum { PAGE = 4096, MAX_PAGES = 64, MAX_CALLS = 256, FILE_PAGES = 64 };

#define ARENA 0x10000000UL        /* 256 MiB: below where some kernels begin to look for room */
#define WINDOWS 0x100000000UL     /* 4 GiB: the first window; a new child begins there */
#define NEXT_WINDOW 0x1000000UL   /* 16 MiB further on */
#define RESERVATION 0x200000000UL /* 8 GiB, the end of the arena */

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

static Scenario scenario;
static ulong window = WINDOWS;

#endif
