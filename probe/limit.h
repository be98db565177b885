/* The limit of a scenario: by fillers up to max_map_count, or by max_map_count itself. */
#ifndef LIMIT_H
#define LIMIT_H

#include "proc.h"

/*
 * The first filler is a fence. Some kernels (5.10) may mark the VMA behind a source as accounted,
 * even one that had no part in the call: all the reservation so marked would upset Committed_AS for
 * good as soon as the child ends.
 */
enum { LEAST_FILLERS = 2 };
/* Map slots. ROOM is what is left free at the start; it decides nothing but speed. */
enum { ROOM = 128, GUEST_LIMIT = 1000, MOST_FILLERS = 1 << 22 };

static int with_sysctl;
static int limit_file;
static long first_limit;
static ulong reservation_end;

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

		if (next < LEAST_FILLERS)
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

/* As many fillers as any scenario leaves in place. */
static void fill_up(void)
{
	long others = read_maps(0, RESERVATION), limit;

	elsewhere = read_maps(0, ~0UL) - others - fillers;
	fill(LEAST_FILLERS);
	if (is_guest && with_sysctl)
		return;
	if (is_guest)
		set_limit(GUEST_LIMIT);
	limit = first_limit = limit_now();
	if (limit > MOST_FILLERS)
		fail("many", limit);
	fill(limit - others - elsewhere - ROOM);
}

#endif
