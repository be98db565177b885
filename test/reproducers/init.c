/* The first program of a guest: runs each program of /t twice, as root and as nobody, and says how it exits. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

static int out;

static void say(const char *format, const char *name, int number)
{
	char line[256];
	int length = snprintf(line, sizeof(line), format, name, number);

	if (write(out, line, (size_t)length) != length)
		_exit(1);
}

static void set(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd >= 0 && write(fd, text, strlen(text)) > 0)
		close(fd);
}

static void run(const char *name, int as_root)
{
	char path[128];
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		snprintf(path, sizeof(path), "/t/%s", name);
		dup2(out, 1);
		dup2(out, 2);
		if (!as_root && (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(127);
		execl(path, path, (char *)NULL);
		_exit(127);
	}
	waitpid(child, &status, 0);
	say(as_root ? "== root %s %d\n" : "== nobody %s %d\n", name, WIFEXITED(status) ? WEXITSTATUS(status) : 255);
}

int main(void)
{
	struct dirent **entries;
	int count;

	mount("proc", "/proc", "proc", 0, NULL);
	out = open("/dev/ttyS0", O_RDWR);
	if (out < 0)
		out = open("/dev/console", O_RDWR);
	/* A small limit is come near to in no time. */
	set("/proc/sys/vm/max_map_count", "3000");
	count = scandir("/t", &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] == '.')
			continue;
		run(entries[i]->d_name, 1);
		run(entries[i]->d_name, 0);
	}
	say("== end %s %d\n", "of", count);
	for (;;)
		pause();
}
