/*
 * Checks native/nonblocking-start.so from inside a process that has it preloaded.
 *
 *   harness list                  names of the cases, one per line
 *   harness run CASE              exit 0, or 1 and what was wrong on standard error
 *   harness exec RULE PROGRAM ... runs a program under a kernel that is not ready (see `rules`)
 *
 * The machine that runs the tests has a ready CRNG, and the object makes its system calls itself, so no second preload
 * could play an unready kernel. A seccomp filter can, without privileges. The cases that start with "scripted" turn
 * every getrandom(2) into a SIGSYS, whose handler compares the call with the script's next line and answers it: what
 * the object asked of the kernel is checked call by call. `exec` has no handler, since that does not outlive an exec;
 * there the filter itself answers, and kills whoever would wait.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef GRND_INSECURE
#define GRND_INSECURE 0x0004
#endif
#ifndef SECCOMP_RET_KILL_PROCESS
#define SECCOMP_RET_KILL_PROCESS 0x80000000U
#endif

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define ARGUMENT(context, n) ((long)(context)->uc_mcontext.gregs[(n) == 0 ? REG_RDI : (n) == 1 ? REG_RSI : REG_RDX])
#define RESULT(context) ((context)->uc_mcontext.gregs[REG_RAX])
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#define ARGUMENT(context, n) ((long)(context)->uc_mcontext.regs[n])
#define RESULT(context) ((context)->uc_mcontext.regs[0])
#endif

static int failures;

#define CHECK(condition)                                                                                   \
	do {                                                                                               \
		if (!(condition)) {                                                                        \
			fprintf(stderr, "line %d: not so: %s (errno %d)\n", __LINE__, #condition, errno); \
			failures++;                                                                        \
		}                                                                                          \
	} while (0)

/* Nobody sets this errno, so that it can be seen to have survived. */
#define UNTOUCHED 4242
/* A call that must succeed with this result, and leave errno alone. */
#define GIVES(call, wanted)                                \
	do {                                               \
		errno = UNTOUCHED;                         \
		long given = (long)(call);                 \
		CHECK(given == (long)(wanted));            \
		CHECK(errno == UNTOUCHED);                 \
	} while (0)
/* A call that must fail with this errno. */
#define FAILS(call, wanted)                      \
	do {                                     \
		errno = UNTOUCHED;               \
		long given = (long)(call);       \
		CHECK(given == -1);              \
		CHECK(errno == (wanted));        \
	} while (0)

static unsigned long (*answers)(void);

/* What a filter does with a getrandom(2) that has GRND_NONBLOCK, that has GRND_INSECURE, and that has neither. */
struct rule {
	const char *name;
	uint32_t nonblock, insecure, waiting;
};

#define ERRNO(number) (SECCOMP_RET_ERRNO | (number))

static const struct rule rules[] = {
	{ "ready", SECCOMP_RET_ALLOW, SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS },
	{ "unready", ERRNO(EAGAIN), SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS },
	{ "unready-before-5.6", ERRNO(EAGAIN), ERRNO(EINVAL), SECCOMP_RET_KILL_PROCESS },
	{ "before-3.17", ERRNO(ENOSYS), ERRNO(ENOSYS), ERRNO(ENOSYS) },
};
static const struct rule scripted = { "", SECCOMP_RET_TRAP, SECCOMP_RET_TRAP, SECCOMP_RET_TRAP };

static void install(const struct rule *rule)
{
	/* GRND_* are in the lower half of the third argument: its first word, both architectures being little endian. */
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 0, 7),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getrandom, 0, 5),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, GRND_NONBLOCK, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, GRND_INSECURE, 2, 0),
		BPF_STMT(BPF_RET | BPF_K, rule->waiting),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, rule->insecure),
		BPF_STMT(BPF_RET | BPF_K, rule->nonblock),
	};
	struct sock_fprog program = { sizeof filter / sizeof *filter, filter };

	/* The instruction that the first two jumps lead to. */
	filter[8].k = SECCOMP_RET_ALLOW;
	filter[1].jf = 6;
	filter[3].jf = 4;
	filter[5].jt = 4;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		perror("seccomp");
		exit(2);
	}
}

/* One call that the object is to make, and the kernel's answer: bytes, or minus an errno. */
struct turn {
	size_t length;
	unsigned int flags;
	long reply;
};

static const struct turn *script;
/* volatile: glibc declares getentropy() as a leaf, which a compiler may take to change nothing here. */
static volatile size_t turns, turn;
#define FILL 0x5a

static void answer(int signal_number, siginfo_t *info, void *opaque)
{
	ucontext_t *context = opaque;
	void *buffer = (void *)ARGUMENT(context, 0);
	size_t length = (size_t)ARGUMENT(context, 1);
	unsigned int flags = (unsigned int)ARGUMENT(context, 2);
	long reply = -ENOSYS;

	(void)signal_number;
	(void)info;
	if (script == NULL) {
		/* No script: an unready kernel, for as many calls and threads as wanted. */
		reply = flags == GRND_INSECURE ? (long)length : flags == GRND_NONBLOCK ? -EAGAIN : -EINVAL;
	} else if (turn < turns) {
		CHECK(length == script[turn].length);
		CHECK(flags == script[turn].flags);
		reply = script[turn].reply;
	}
	turn = turn + 1;
	if (reply > 0)
		memset(buffer, FILL, (size_t)reply);
	RESULT(context) = reply;
}

static void be_scripted(void)
{
	struct sigaction action = { .sa_sigaction = answer, .sa_flags = SA_SIGINFO | SA_NODEFER };

	sigaction(SIGSYS, &action, NULL);
	install(&scripted);
}

#define SCRIPT(...)                                              \
	do {                                                     \
		static const struct turn lines[] = { __VA_ARGS__ }; \
		script = lines;                                  \
		turns = sizeof lines / sizeof *lines;            \
		turn = 0;                                        \
	} while (0)
#define SILENCE()            \
	do {                 \
		turns = 0;   \
		turn = 0;    \
	} while (0)
#define PLAYED() CHECK(turn == turns)

static unsigned char buffer[4096];
/* volatile, or the compiler knows that these are wrong, and says so. */
static void *volatile nowhere = NULL;
static void *volatile bad = (void *)8;
static volatile size_t too_much = SIZE_MAX;

/* The first n bytes are the scripted kernel's, the rest are as they were. */
static int filled(size_t n)
{
	for (size_t i = 0; i < sizeof buffer; i++)
		if (buffer[i] != (i < n ? FILL : 0))
			return 0;
	memset(buffer, 0, sizeof buffer);
	return 1;
}

/* Real bytes, exactly n of them. */
static int drawn(size_t n)
{
	size_t other = 0;

	for (size_t i = 0; i < n; i++)
		other += buffer[i] != 0;
	for (size_t i = n; i < sizeof buffer; i++)
		if (buffer[i] != 0)
			return 0;
	memset(buffer, 0, sizeof buffer);
	return other >= n / 2;
}

static int open_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

static void scripted_ready(void)
{
	SCRIPT({ 16, GRND_NONBLOCK, 16 });
	GIVES(getrandom(buffer, 16, 0), 16);
	PLAYED();
	CHECK(filled(16));
	SCRIPT({ 16, GRND_NONBLOCK, 16 });
	GIVES(syscall(SYS_getrandom, buffer, 16, 0), 16);
	PLAYED();
	CHECK(filled(16));
	SCRIPT({ 16, GRND_NONBLOCK, 16 });
	GIVES(getentropy(buffer, 16), 0);
	PLAYED();
	CHECK(filled(16));
	CHECK(answers() == 0);
}

static void scripted_unready(void)
{
	SCRIPT({ 48, GRND_NONBLOCK, -EAGAIN }, { 48, GRND_INSECURE, 48 });
	GIVES(getrandom(buffer, 48, 0), 48);
	PLAYED();
	CHECK(filled(48));
	CHECK(answers() == 1);
	SCRIPT({ 8, GRND_NONBLOCK, -EAGAIN }, { 8, GRND_INSECURE, 8 });
	GIVES(syscall(SYS_getrandom, buffer, 8, 0), 8);
	PLAYED();
	CHECK(filled(8));
	CHECK(answers() == 2);
	SCRIPT({ 48, GRND_NONBLOCK, -EAGAIN }, { 48, GRND_INSECURE, 48 });
	GIVES(getentropy(buffer, 48), 0);
	PLAYED();
	CHECK(filled(48));
	CHECK(answers() == 3);
	/* It becomes ready: asked anew each time. */
	SCRIPT({ 48, GRND_NONBLOCK, 48 });
	GIVES(getrandom(buffer, 48, 0), 48);
	PLAYED();
	CHECK(answers() == 3);
}

static void scripted_unready_before_5_6(void)
{
	int before = open_descriptors();

	SCRIPT({ 48, GRND_NONBLOCK, -EAGAIN }, { 48, GRND_INSECURE, -EINVAL });
	GIVES(getrandom(buffer, 48, 0), 48);
	PLAYED();
	CHECK(drawn(48));
	SCRIPT({ 48, GRND_NONBLOCK, -EAGAIN }, { 48, GRND_INSECURE, -EINVAL });
	GIVES(syscall(SYS_getrandom, buffer, 48, 0), 48);
	PLAYED();
	CHECK(drawn(48));
	SCRIPT({ 48, GRND_NONBLOCK, -EAGAIN }, { 48, GRND_INSECURE, -EINVAL });
	GIVES(getentropy(buffer, 48), 0);
	PLAYED();
	CHECK(drawn(48));
	CHECK(answers() == 3);
	SCRIPT({ 48, GRND_NONBLOCK, -EAGAIN }, { 48, GRND_INSECURE, -EINVAL });
	FAILS(getrandom(bad, 48, 0), EFAULT);
	PLAYED();
	SCRIPT({ 0, GRND_NONBLOCK, -EAGAIN }, { 0, GRND_INSECURE, -EINVAL });
	GIVES(getrandom(buffer, 0, 0), 0);
	PLAYED();
	CHECK(answers() == 3);
	CHECK(open_descriptors() == before);
}

static void scripted_before_3_17(void)
{
	int before = open_descriptors();

	SCRIPT({ 48, GRND_NONBLOCK, -ENOSYS });
	GIVES(getrandom(buffer, 48, GRND_RANDOM), 48);
	PLAYED();
	CHECK(drawn(48));
	SCRIPT({ 48, GRND_NONBLOCK, -ENOSYS });
	GIVES(syscall(SYS_getrandom, buffer, 48, 0), 48);
	PLAYED();
	CHECK(drawn(48));
	SCRIPT({ 256, GRND_NONBLOCK, -ENOSYS });
	GIVES(getentropy(buffer, 256), 0);
	PLAYED();
	CHECK(drawn(256));
	/* A probe must be told. */
	SCRIPT({ 1, GRND_NONBLOCK, -ENOSYS });
	FAILS(getrandom(buffer, 1, GRND_NONBLOCK), ENOSYS);
	PLAYED();
	CHECK(open_descriptors() == before);
	/* Nobody has said that the CRNG was not ready. */
	CHECK(answers() == 0);
}

static void scripted_without_urandom(void)
{
	struct rlimit none = { 0, 0 };

	/* The same for open(2) as a /dev that is not mounted yet: it fails. */
	CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
	SCRIPT({ 48, GRND_NONBLOCK, -EAGAIN }, { 48, GRND_INSECURE, -EINVAL });
	FAILS(getrandom(buffer, 48, 0), EAGAIN);
	PLAYED();
	SCRIPT({ 48, GRND_NONBLOCK, -ENOSYS });
	FAILS(getrandom(buffer, 48, 0), ENOSYS);
	PLAYED();
	SCRIPT({ 48, GRND_NONBLOCK, -ENOSYS });
	FAILS(getentropy(buffer, 48), ENOSYS);
	PLAYED();
	/* Not needed where GRND_INSECURE is known. */
	SCRIPT({ 48, GRND_NONBLOCK, -EAGAIN }, { 48, GRND_INSECURE, 48 });
	GIVES(getrandom(buffer, 48, 0), 48);
	PLAYED();
	CHECK(answers() == 1);
}

static void scripted_flags(void)
{
	static const unsigned int as_they_are[] = {
		GRND_NONBLOCK,
		GRND_INSECURE,
		GRND_NONBLOCK | GRND_RANDOM,
		GRND_NONBLOCK | GRND_INSECURE,
		GRND_INSECURE | GRND_RANDOM,
		GRND_NONBLOCK | 0x80,
		GRND_INSECURE | 0x80000000,
	};
	struct turn lines[2] = { { 8, 0, 0 }, { 0, 0, 0 } };

	for (size_t i = 0; i < sizeof as_they_are / sizeof *as_they_are; i++) {
		static const long errors[] = { EAGAIN, EINVAL, ENOSYS, EINTR, EFAULT, EPERM };

		script = lines;
		lines[0].flags = as_they_are[i];
		for (size_t j = 0; j < sizeof errors / sizeof *errors; j++) {
			lines[0].reply = -errors[j];
			turns = 1;
			turn = 0;
			FAILS(getrandom(buffer, 8, as_they_are[i]), errors[j]);
			PLAYED();
			turn = 0;
			FAILS(syscall(SYS_getrandom, buffer, 8, as_they_are[i]), errors[j]);
			PLAYED();
		}
		lines[0].reply = 8;
		turn = 0;
		GIVES(getrandom(buffer, 8, as_they_are[i]), 8);
		PLAYED();
	}

	/* One that only means "wait" is answered without GRND_RANDOM. */
	SCRIPT({ 8, GRND_NONBLOCK, -EAGAIN }, { 8, GRND_INSECURE, 8 });
	GIVES(getrandom(buffer, 8, GRND_RANDOM), 8);
	PLAYED();
	/* One that nobody knows is the kernel's to refuse, and no reason to look for other bytes. */
	SCRIPT({ 8, 0x80 | GRND_NONBLOCK, -EINVAL });
	FAILS(getrandom(buffer, 8, 0x80), EINVAL);
	PLAYED();
	SCRIPT({ 8, 0x80 | GRND_NONBLOCK, -EINVAL });
	FAILS(getrandom(buffer, 8, 0x80 | GRND_RANDOM), EINVAL);
	PLAYED();
	CHECK(answers() == 1);
}

static void scripted_errors(void)
{
	static const long errors[] = { EINTR, EFAULT, EINVAL, EPERM };
	struct turn lines[2] = { { 8, GRND_NONBLOCK, 0 }, { 8, GRND_INSECURE, 0 } };

	script = lines;
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
		lines[0].reply = -errors[i];
		turns = 1;
		turn = 0;
		FAILS(getrandom(buffer, 8, 0), errors[i]);
		PLAYED();
		if (errors[i] == EINVAL)
			continue; /* of the second call: an old kernel */
		lines[0].reply = -EAGAIN;
		lines[1].reply = -errors[i];
		turns = 2;
		turn = 0;
		FAILS(getrandom(buffer, 8, 0), errors[i]);
		PLAYED();
		turn = 0;
		FAILS(syscall(SYS_getrandom, buffer, 8, 0), errors[i]);
		PLAYED();
	}
	CHECK(answers() == 0);
}

static void scripted_short_counts(void)
{
	SCRIPT({ 1000, GRND_NONBLOCK, 256 });
	GIVES(getrandom(buffer, 1000, 0), 256);
	PLAYED();
	CHECK(filled(256));
	SCRIPT({ 1000, GRND_NONBLOCK, -EAGAIN }, { 1000, GRND_INSECURE, 5 });
	GIVES(getrandom(buffer, 1000, 0), 5);
	PLAYED();
	CHECK(filled(5));
	CHECK(answers() == 1);
	SCRIPT({ 0, GRND_NONBLOCK, 0 });
	GIVES(getrandom(buffer, 0, 0), 0);
	PLAYED();
	SCRIPT({ 0, GRND_NONBLOCK, -EAGAIN }, { 0, GRND_INSECURE, 0 });
	GIVES(getrandom(buffer, 0, 0), 0);
	PLAYED();
	CHECK(answers() == 1);
}

static void scripted_getentropy(void)
{
	SCRIPT({ 256, GRND_NONBLOCK, 100 }, { 156, GRND_NONBLOCK, -EINTR }, { 156, GRND_NONBLOCK, -EAGAIN }, { 156, GRND_INSECURE, -EINTR },
	       { 156, GRND_NONBLOCK, -EAGAIN }, { 156, GRND_INSECURE, 150 }, { 6, GRND_NONBLOCK, 6 });
	GIVES(getentropy(buffer, 256), 0);
	PLAYED();
	CHECK(filled(256));
	SILENCE();
	FAILS(getentropy(buffer, 257), EIO);
	FAILS(getentropy(buffer, too_much), EIO);
	GIVES(getentropy(NULL, 0), 0);
	PLAYED();
	SCRIPT({ 8, GRND_NONBLOCK, -EFAULT });
	FAILS(getentropy(buffer, 8), EFAULT);
	PLAYED();
	SCRIPT({ 8, GRND_NONBLOCK, 0 });
	FAILS(getentropy(buffer, 8), EIO);
	PLAYED();
}

#define THREADS 8
#define CALLS 5000

static void *draw(void *nothing)
{
	unsigned char own[32];

	(void)nothing;
	for (int i = 0; i < CALLS; i++) {
		long result = i % 3 == 0 ? getrandom(own, sizeof own, 0)
			      : i % 3 == 1 ? syscall(SYS_getrandom, own, sizeof own, 0)
					   : 32 + getentropy(own, sizeof own);
		if (result != 32 || own[0] != FILL || own[31] != FILL)
			return "";
	}
	return NULL;
}

static void scripted_threads(void)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&threads[i], NULL, draw, NULL) == 0);
	for (int i = 0; i < THREADS; i++) {
		void *wrong = NULL;

		CHECK(pthread_join(threads[i], &wrong) == 0);
		CHECK(wrong == NULL);
	}
	CHECK(answers() == (unsigned long)THREADS * CALLS);
}

static void bytes(void)
{
	unsigned char first[48];

	GIVES(getrandom(buffer, 48, 0), 48);
	memcpy(first, buffer, 48);
	CHECK(drawn(48));
	GIVES(getrandom(buffer, 48, 0), 48);
	CHECK(memcmp(first, buffer, 48) != 0);
	CHECK(drawn(48));
	GIVES(getrandom(buffer, 48, GRND_RANDOM), 48);
	CHECK(drawn(48));
	GIVES(syscall(SYS_getrandom, buffer, 48, 0), 48);
	CHECK(drawn(48));
	GIVES(getentropy(buffer, 256), 0);
	CHECK(drawn(256));
	CHECK(answers() == 0);
}

static void errors(void)
{
	FAILS(getrandom(nowhere, 16, 0), EFAULT);
	FAILS(getrandom(bad, 16, 0), EFAULT);
	FAILS(getentropy(nowhere, 16), EFAULT);
	FAILS(syscall(SYS_getrandom, bad, 16, 0), EFAULT);
	GIVES(getrandom(buffer, 0, 0), 0);
	GIVES(syscall(SYS_getrandom, buffer, 0, 0), 0);
	FAILS(getrandom(buffer, 16, 0x80), EINVAL);
	FAILS(getrandom(buffer, 16, 0xffffffff), EINVAL);
	FAILS(getrandom(buffer, 16, GRND_INSECURE | GRND_RANDOM), EINVAL);
	CHECK(drawn(0));
	FAILS(getentropy(buffer, 257), EIO);
	GIVES(getentropy(nowhere, 0), 0);
}

static volatile sig_atomic_t alarms, alarm_draws;

static void on_alarm(int signal_number)
{
	unsigned char own[8];
	int saved = errno;

	(void)signal_number;
	alarms = alarms + 1;
	alarm_draws = alarm_draws + (getrandom(own, sizeof own, 0) == (ssize_t)sizeof own);
	errno = saved;
}

static void signals(void)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval interval = { { 0, 500 }, { 0, 500 } }, off = { { 0, 0 }, { 0, 0 } };
	size_t length = (size_t)64 << 20;
	unsigned char *large = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long given;

	CHECK(large != MAP_FAILED);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &interval, NULL);
	/* More than 256 bytes may come short, as getrandom(2) says. */
	errno = UNTOUCHED;
	given = getrandom(large, length, 0);
	CHECK((given > 0 && (size_t)given < length && errno == UNTOUCHED) || (given == -1 && errno == EINTR));
	for (int i = 0; i < 2000 || alarms < 10; i++)
		GIVES(getentropy(buffer, 256), 0);
	setitimer(ITIMER_REAL, &off, NULL);
	CHECK(alarm_draws == alarms);
}

static void other_calls(void)
{
	int file = (int)syscall(SYS_memfd_create, "harness", 0);
	uint32_t one = 7, two = 0;
	struct timespec soon = { 0, 1000000 };
	unsigned char *page;
	int status = 0;
	pid_t child;

	GIVES(syscall(SYS_getpid), getpid());
	FAILS(syscall(SYS_close, -1), EBADF);
	FAILS(syscall(100000), ENOSYS);
	/* A result, though negative: only -4095 to -1 are errors. */
	GIVES(syscall(SYS_lseek, open("/proc/self/mem", O_RDONLY), -8192L, SEEK_SET), -8192);

	/* The sixth argument counts: an offset, and the value compared. */
	CHECK(file >= 0 && ftruncate(file, 8192) == 0 && pwrite(file, "x", 1, 4096) == 1);
	errno = UNTOUCHED;
	page = (void *)syscall(SYS_mmap, NULL, 4096, PROT_READ, MAP_PRIVATE, file, 4096L);
	CHECK(page != MAP_FAILED && errno == UNTOUCHED && *page == 'x');
	GIVES(syscall(SYS_munmap, page, 4096L), 0);
	FAILS(syscall(SYS_mmap, NULL, 4096, PROT_READ, MAP_PRIVATE, file, 1L), EINVAL);
	GIVES(syscall(SYS_futex, &one, FUTEX_CMP_REQUEUE, 1, NULL, &two, 7), 0);
	FAILS(syscall(SYS_futex, &one, FUTEX_CMP_REQUEUE, 1, NULL, &two, 8), EAGAIN);
	FAILS(syscall(SYS_futex, &one, FUTEX_WAIT, 7, &soon, NULL, 0), ETIMEDOUT);

	/* Returns twice. */
	child = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
	if (child == 0)
		_exit(getrandom(buffer, 8, 0) == 8 ? 77 : 1);
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 77);
}

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	{ "bytes", bytes },
	{ "errors", errors },
	{ "signals", signals },
	{ "other-calls", other_calls },
	{ "scripted-ready", scripted_ready },
	{ "scripted-unready", scripted_unready },
	{ "scripted-unready-before-5.6", scripted_unready_before_5_6 },
	{ "scripted-before-3.17", scripted_before_3_17 },
	{ "scripted-without-urandom", scripted_without_urandom },
	{ "scripted-flags", scripted_flags },
	{ "scripted-errors", scripted_errors },
	{ "scripted-short-counts", scripted_short_counts },
	{ "scripted-getentropy", scripted_getentropy },
	{ "scripted-threads", scripted_threads },
};

int main(int count, char **arguments)
{
	const char *verb = count > 1 ? arguments[1] : "";

	if (strcmp(verb, "list") == 0) {
		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
			puts(cases[i].name);
		return 0;
	}
	if (strcmp(verb, "exec") == 0 && count > 3) {
		for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
			if (strcmp(rules[i].name, arguments[2]) == 0) {
				install(&rules[i]);
				execvp(arguments[3], arguments + 3);
				perror(arguments[3]);
				return 2;
			}
		}
	}
	if (strcmp(verb, "run") == 0 && count == 3) {
		/* ISO C has no cast from an object's address to a function's; POSIX has dlsym() do this. */
		*(void **)&answers = dlsym(RTLD_DEFAULT, "crngwatch_best_effort_answers");
		if (answers == NULL) {
			fputs("nonblocking-start.so is not loaded\n", stderr);
			return 2;
		}
		/* glibc's malloc asks for random bytes once, GRND_NONBLOCK; not in the middle of a script. */
		free(malloc(1));
		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
			if (strcmp(cases[i].name, arguments[2]) == 0) {
				if (strncmp(cases[i].name, "scripted", 8) == 0)
					be_scripted();
				else if (getenv("HARNESS_WITHOUT_SECCOMP") == NULL)
					install(&rules[0]);
				cases[i].run();
				return failures != 0;
			}
		}
	}
	fputs("usage: harness list | run CASE | exec RULE PROGRAM [ARGUMENT...]\n", stderr);
	return 2;
}
