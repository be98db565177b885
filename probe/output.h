/* Answers, kept until they are whole. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "bare.h"

enum { EXIT_UNCLEAN = 10, EXIT_DONE, EXIT_FAILED, EXIT_AS_ASKED };

static int is_guest;
static char out[1 << 16];
static ulong out_length;

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

#endif
