/*
 * Take every capability from every thread of this process.
 *
 * capset(2) changes the calling thread alone, and Node has a dozen: V8's, libuv's, koffi's, and one that waits for
 * SIGUSR1. So each is sent a signal whose handler makes the call, as glibc does for setuid(2), and libpsx of libcap for
 * capset(2). crngwatch calls this by FFI when the CRNG is ready and all waits have ended. It is in this object, since a
 * handler must be machine code, and does nothing before it is called.
 *
 * The signal is 33, glibc's own for setuid(2): glibc takes it out of every mask that a program sets, and the thread
 * that waits for SIGUSR1 blocks all other signals. glibc's handler for it is put back when all threads have answered.
 * Where one does not answer in time, ours stays, since an answer that comes later must find it; setuid(3) and its like
 * must not be called after that, and crngwatch never calls them.
 *
 * musl has other signals for this, so there it is not done.
 */
#define _GNU_SOURCE /* __GLIBC__, by any header */
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>

#include "kernel-call.h"

long crngwatch_drop_capabilities(const int *threads, long count);

#ifdef __GLIBC__

#include <linux/capability.h>
#include <time.h>

static const int broadcast = 33;

/* How long an answer may take. A thread that sleeps uninterruptibly, as in a hostile task's memory, does not answer. */
static const long tries = 500;
static const struct timespec pause_between = {.tv_nsec = 1000000};

/* struct kernel_sigaction, which is not libc's. */
struct action {
	void (*handler)(int, siginfo_t *, void *);
	unsigned long flags;
	void (*restorer)(void);
	unsigned long mask;
};

#if defined(__x86_64__)

#define SA_RESTORER 0x04000000UL

/* x86-64 has no other way back from a handler, and glibc's is not exported. */
__asm__(".text\n"
	".hidden crngwatch_signal_return\n"
	".type crngwatch_signal_return, @function\n"
	"crngwatch_signal_return:\n"
	"	mov $15, %eax\n" /* rt_sigreturn */
	"	syscall\n"
	".size crngwatch_signal_return, . - crngwatch_signal_return\n");
void crngwatch_signal_return(void) __attribute__((visibility("hidden")));

#else

#define SA_RESTORER 0UL
#define crngwatch_signal_return ((void (*)(void))0)

#endif

static long answers;

static long drop_here(void)
{
	struct __user_cap_header_struct this_thread = {.version = _LINUX_CAPABILITY_VERSION_3};
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0, 0, 0}};

	return kernel(SYS_capset, (long)&this_thread, (long)none, 0, 0, 0, 0);
}

static void on_broadcast(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)info;
	(void)context;
	drop_here();
	__atomic_fetch_add(&answers, 1, __ATOMIC_RELEASE);
}

/*
 * Drops the calling thread's capabilities, and then those of `threads`. Returns how many of these have answered, or the
 * errno of what is not allowed, negative: then nothing was dropped. Whether all are without capabilities is for the
 * caller to read in /proc.
 */
EXPORT long crngwatch_drop_capabilities(const int *threads, long count)
{
	const struct action ours = {
		.handler = on_broadcast, .flags = SA_SIGINFO | SA_RESTART | SA_RESTORER, .restorer = crngwatch_signal_return};
	struct action before;
	long process = kernel(SYS_getpid, 0, 0, 0, 0, 0, 0);
	long sent = 0, failure = drop_here();

	if (failure != 0)
		return failure;
	failure = kernel(SYS_rt_sigaction, broadcast, (long)&ours, (long)&before, sizeof(ours.mask), 0, 0);
	if (failure != 0)
		return failure;
	__atomic_store_n(&answers, 0, __ATOMIC_RELEASE);
	for (long at = 0; at < count; at++)
		/* Fails where it has ended. */
		sent += kernel(SYS_tgkill, process, threads[at], broadcast, 0, 0, 0) == 0;
	for (long at = 0; at < tries && __atomic_load_n(&answers, __ATOMIC_ACQUIRE) < sent; at++)
		kernel(SYS_nanosleep, (long)&pause_between, 0, 0, 0, 0, 0);
	if (__atomic_load_n(&answers, __ATOMIC_ACQUIRE) >= sent)
		kernel(SYS_rt_sigaction, broadcast, (long)&before, 0, sizeof(before.mask), 0, 0);
	return __atomic_load_n(&answers, __ATOMIC_ACQUIRE);
}

#else

EXPORT long crngwatch_drop_capabilities(const int *threads, long count)
{
	(void)threads;
	(void)count;
	return -ENOSYS;
}

#endif
