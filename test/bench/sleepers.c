/* So many threads that do nothing, in so many processes, as a host's do: most in a futex, others in poll(2) and in a timer. Ends with its parent. */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;

static void *idle(void *number)
{
	switch ((long)number % 4) {
	case 0:
		for (;;)
			poll(NULL, 0, -1);
	case 1:
		for (;;)
			sleep(1000000);
	default:
		pthread_mutex_lock(&held);
	}
	return NULL;
}

int main(int count, char **words)
{
	long processes = count > 2 ? atol(words[1]) : 1, threads = count > 2 ? atol(words[2]) : 1;
	pthread_attr_t small;
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	pthread_mutex_lock(&held);
	for (long process = 0; process < processes; process++) {
		if (fork() != 0)
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (long thread = 1; thread < threads; thread++) {
			pthread_t made;
			if (pthread_create(&made, &small, idle, (void *)thread) != 0)
				return 1;
		}
		idle(0);
	}
	puts("asleep");
	fflush(stdout);
	pause();
	return 0;
}
