/* The answer to a scenario: what is in the window, and what each call has changed. */
#ifndef ANSWER_H
#define ANSWER_H

#include "calls.h"
#include "limit.h"

static View views[2];
static int scratch_file; /* what is read of a page is written there first */

/*
 * The first bytes of pages of files and of objects, 0 where these end before a page: a write() from
 * there says so, a load would end us with a signal. One call for all of them, if none is so: before
 * 5.16 or thereabouts it would write nothing at all.
 */
static void read_file_pages(View *view, const long *pages, int count)
{
	unsigned char bytes[MAX_PAGES];
	Piece piece[MAX_PAGES];
	int singly = 0;

	for (int i = 0; i < count; i++) {
		piece[i].base = (char *)window + pages[i] * PAGE;
		piece[i].length = 1;
	}
	for (int i = 0; i < count; ) {
		long asked = singly ? 1 : count - i;
		long done = sys4(SYS_pwritev, scratch_file, piece + i, asked, 0);

		if (done > 0)
			sys4(SYS_pread, scratch_file, bytes, done, 0);
		for (int k = 0; k < done; k++)
			view->bytes[pages[i++]] = bytes[k];
		if (done <= 0 && singly)
			i++;
		singly |= done < asked;
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

#endif
