/* Requests, as they come in. */
#ifndef REQUESTS_H
#define REQUESTS_H

#include "output.h"
#include "scenario.h"

#define REQUESTS_AT 0x8000000UL /* 128 MiB, above text and data */
enum { INBOX = 1 << 16 };

/* Shared by all children: what one has read, the next goes on with. */
typedef struct {
	ulong at, end;
	long running; /* the scenario under way, -1 for none */
	char text[INBOX];
} Inbox;
#define inbox ((Inbox *)REQUESTS_AT)

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

/* Ends the child where that is what is asked for: by a request without pages. */
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
	if (scenario.pages == 0)
		quit(EXIT_AS_ASKED);
}

#endif
