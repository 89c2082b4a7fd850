/*
 * Programs that wait for the CRNG, each in its own way, for the lab:
 *
 *   waiters getrandom     one call of getrandom(2)
 *   waiters poll          poll(2) on /dev/random
 *   waiters loop          an event loop that waits for /dev/random, and then lives on with it open and waits for something else
 *   waiters thread        a thread named "drawer" calls getrandom(2); the first one only waits for it
 *   waiters many N        N processes are in getrandom(2) at once, and stay for six seconds after it
 *
 * Nothing else here draws random bytes, and the program is static, so that no start code of a library does.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int draw(void)
{
	char bytes[16];
	return getrandom(bytes, sizeof(bytes), 0) == sizeof(bytes) ? 0 : 1;
}

static int wait_in_poll(void)
{
	struct pollfd random = { .fd = open("/dev/random", O_RDONLY), .events = POLLIN };
	return poll(&random, 1, -1) == 1 ? 0 : 1;
}

static int loop_on(void)
{
	struct epoll_event ready, event = { .events = EPOLLIN };
	int ends[2], random = open("/dev/random", O_RDONLY), loop = epoll_create1(0);
	if (pipe(ends) != 0 || epoll_ctl(loop, EPOLL_CTL_ADD, ends[0], &event) != 0)
		return 1;
	if (epoll_ctl(loop, EPOLL_CTL_ADD, random, &event) != 0 || epoll_wait(loop, &ready, 1, -1) != 1)
		return 1;
	if (epoll_ctl(loop, EPOLL_CTL_DEL, random, NULL) != 0)
		return 1;
	return epoll_wait(loop, &ready, 1, -1);
}

static void *draw_in_thread(void *failed)
{
	pthread_setname_np(pthread_self(), "drawer");
	*(int *)failed = draw();
	return NULL;
}

static int wait_for_thread(void)
{
	pthread_t thread;
	int failed = 1;
	if (pthread_create(&thread, NULL, draw_in_thread, &failed) != 0)
		return 1;
	pthread_join(thread, NULL);
	return failed;
}

static int schedule(pid_t pid, int priority)
{
	struct sched_param parameter = { .sched_priority = priority };
	return sched_setscheduler(pid, SCHED_FIFO, &parameter);
}

/*
 * Each waiter spins in the kernel and brings it some entropy, so a crowd that runs freely is let through before all
 * have come. Here one at a time may run: each is given a moment to begin its wait, and then stands behind those before
 * it.
 */
static int draw_in_many(int count)
{
	const struct timespec moment = { .tv_nsec = 400 * 1000 }, stay = { .tv_sec = 6 };
	pid_t children[1024];
	int status, failed = 0;
	if (count > 1024 || schedule(0, 3) != 0)
		return 1;
	for (int i = 0; i < count; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			failed = schedule(0, 2) != 0 || draw() != 0;
			pause();
			_exit(failed);
		}
		nanosleep(&moment, NULL);
		failed |= schedule(children[i], 1) != 0;
	}
	nanosleep(&stay, NULL);
	for (int i = 0; i < count; i++) {
		kill(children[i], SIGTERM);
		waitpid(children[i], &status, 0);
	}
	return failed;
}

int main(int argc, char **argv)
{
	const char *kind = argc > 1 ? argv[1] : "";
	if (strcmp(kind, "getrandom") == 0)
		return draw();
	if (strcmp(kind, "poll") == 0)
		return wait_in_poll();
	if (strcmp(kind, "loop") == 0)
		return loop_on();
	if (strcmp(kind, "thread") == 0)
		return wait_for_thread();
	if (strcmp(kind, "many") == 0 && argc > 2)
		return draw_in_many(atoi(argv[2]));
	return 2;
}
