/*
 * Programs that put pressure on a host without waiting for the CRNG, for the lab:
 *
 *   pressure tasks N      N processes come and go, 32 at a time
 *   pressure log SECONDS  writes bursts of long records to /dev/kmsg for so long; prints how many records
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* 290 KB: more than the ring of 256 KiB holds, so that each burst overwrites records that no reader has seen. */
static const int burst = 300;

static int pass(int count)
{
	int status, alive = 0, failed = 0;
	for (int i = 0; i < count; i++) {
		pid_t child = fork();
		if (child == 0)
			_exit(0);
		failed |= child < 0;
		if (++alive < 32)
			continue;
		failed |= wait(&status) < 0;
		alive--;
	}
	while (wait(&status) > 0)
		;
	return failed;
}

static int flood(int seconds)
{
	struct timespec now, end;
	char record[960];
	int written = 0, log = open("/dev/kmsg", O_WRONLY);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	do {
		int head = snprintf(record, sizeof(record), "lab: %d ", written);
		memset(record + head, 'x', sizeof(record) - head);
		if (write(log, record, sizeof(record)) < 0)
			return 1;
		/* Emulated idleness costs no time. */
		if (++written % burst == 0)
			usleep(100000);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec < end.tv_nsec));
	printf("%d\n", written);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "tasks") == 0)
		return pass(atoi(argv[2]));
	if (argc > 2 && strcmp(argv[1], "log") == 0)
		return flood(atoi(argv[2]));
	return 2;
}
