/*
 * Start Node.js without waiting for the kernel's random number generator.
 *
 * Node asks for random bytes before its first line of JavaScript: 20, 22 and 24 seed OpenSSL through getentropy(3), 26
 * seeds V8 through syscall(SYS_getrandom, ..., 0). While the CRNG is not ready, such a call waits; since Linux 5.4 it
 * also makes the kernel gather entropy from timer jitter, which ends the very state crngwatch is there to watch. This
 * object, put in front of libc by LD_PRELOAD, asks without waiting and accepts best-effort bytes where the kernel has
 * no better ones yet.
 *
 * Best-effort bytes are no key material. crngwatch makes no keys; do not preload this into a program that does.
 *
 * Every system call is made here, in assembly, and not by the libc function that is replaced: to find that one, dlsym()
 * would have to be called, which takes locks and may allocate. libc's own do little more than the system call, so they
 * get called by constructors of libraries, in signal handlers, and in the child of a vfork(); so can these. There is no
 * state but one counter: nothing to initialise, nothing to lock. getrandom() is no cancellation point here, since it
 * does not wait.
 *
 * Not covered, since nothing that Node does at start comes this way: arc4random(3), which glibc serves from inside, and
 * programs that make the system call themselves.
 */
#define _DEFAULT_SOURCE /* getentropy, syscall */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "kernel-call.h"

/* Linux 5.6; older C libraries have no name for it. */
#ifndef GRND_INSECURE
#define GRND_INSECURE 0x0004
#endif

/* The C library's convention. A call that succeeds leaves errno alone. */
static long libc_result(long result)
{
	if (result < 0 && result >= -4095) {
		errno = (int)-result;
		return -1;
	}
	return result;
}

static long ask(void *buffer, size_t length, unsigned int flags)
{
	return kernel(SYS_getrandom, (long)buffer, (long)length, (long)flags, 0, 0, 0);
}

/* `otherwise` if it cannot be opened, or gives nothing: /dev may not be mounted yet, or not be a real one. */
static long read_urandom(void *buffer, size_t length, long otherwise)
{
	long result, fd = kernel(SYS_openat, AT_FDCWD, (long)"/dev/urandom", O_RDONLY | O_CLOEXEC, 0, 0, 0);

	if (fd < 0)
		return otherwise;
	result = kernel(SYS_read, fd, (long)buffer, (long)length, 0, 0, 0);
	kernel(SYS_close, fd, 0, 0, 0, 0, 0);
	return result == 0 && length != 0 ? otherwise : result;
}

static unsigned long best_effort_answers;

/*
 * getrandom(2), but never waiting. Faults, interruptions, short counts and flags that the kernel does not know come
 * back as the kernel gives them. A request that would wait fails, with EAGAIN, only where /dev/urandom is needed and
 * cannot be opened.
 */
static long getrandom_without_waiting(void *buffer, size_t length, unsigned int flags)
{
	long first, result;

	/* The caller has said that it will not wait, and must hear EAGAIN: that is how crngwatch probes. */
	if (flags & (GRND_NONBLOCK | GRND_INSECURE))
		return ask(buffer, length, flags);

	/*
	 * Not GRND_RANDOM. Up to 5.5 it takes from the pool behind /dev/random, at any time after boot, what others are
	 * waiting for. In FIPS mode, on kernels of Fedora and RHEL that give getrandom(2) to their DRBG, it means "reseed
	 * first", which gathers jitter whatever the other flags say; their OpenSSL asks so. Everywhere else it is ignored
	 * since 5.6.
	 */
	flags &= ~(unsigned int)GRND_RANDOM;

	first = ask(buffer, length, flags | GRND_NONBLOCK);
	if (first == -ENOSYS) /* before 3.17, or a seccomp filter */
		return read_urandom(buffer, length, first);
	if (first != -EAGAIN)
		return first;

	result = ask(buffer, length, flags | GRND_INSECURE);
	/*
	 * Before 5.6. There /dev/urandom never waits, as it does, gathering jitter, since 5.18. The kernel logs the read, if
	 * it is among the first ten.
	 */
	if (result == -EINVAL)
		result = read_urandom(buffer, length, first);
	if (result > 0)
		__atomic_fetch_add(&best_effort_answers, 1, __ATOMIC_RELAXED);
	return result;
}

EXPORT ssize_t getrandom(void *buffer, size_t length, unsigned int flags)
{
	return libc_result(getrandom_without_waiting(buffer, length, flags));
}

/* getentropy(3), with the errors and the loop of glibc's. */
EXPORT int getentropy(void *buffer, size_t length)
{
	char *at = buffer;

	if (length > 256)
		return (int)libc_result(-EIO);
	while (length > 0) {
		long result = getrandom_without_waiting(at, length, 0);

		if (result == -EINTR)
			continue;
		if (result <= 0)
			return (int)libc_result(result < 0 ? result : -EIO);
		at += result;
		length -= (size_t)result;
	}
	return 0;
}

/*
 * syscall(2). As in musl, six arguments are fetched however many were passed: on both architectures they lie in
 * registers, and the sixth of x86-64 in the caller's frame, so the rest are values that the kernel ignores.
 */
EXPORT long syscall(long number, ...)
{
	long a, b, c, d, e, f;
	va_list arguments;

	va_start(arguments, number);
	a = va_arg(arguments, long);
	b = va_arg(arguments, long);
	c = va_arg(arguments, long);
	d = va_arg(arguments, long);
	e = va_arg(arguments, long);
	f = va_arg(arguments, long);
	va_end(arguments);

	if (number == SYS_getrandom)
		return libc_result(getrandom_without_waiting((void *)a, (size_t)b, (unsigned int)c));
	return libc_result(kernel(number, a, b, c, d, e, f));
}

/*
 * How many requests of this process got best-effort bytes, since the kernel said that the CRNG was not ready. crngwatch
 * looks for this function to learn whether the object is loaded, and returns the number.
 */
unsigned long crngwatch_best_effort_answers(void);
EXPORT unsigned long crngwatch_best_effort_answers(void)
{
	return __atomic_load_n(&best_effort_answers, __ATOMIC_RELAXED);
}
