/*
 * System calls without the C library: for what stands in for its functions, and for a signal handler, where errno must
 * stay what it was.
 */
#ifndef CRNGWATCH_KERNEL_CALL_H
#define CRNGWATCH_KERNEL_CALL_H

#define EXPORT __attribute__((visibility("default")))

/* What the kernel returns: a result, or an errno from -4095 to -1. */
#if defined(__x86_64__) && defined(__LP64__)

static inline long kernel(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "cc", "memory");
	return result;
}

#elif defined(__aarch64__) && defined(__LP64__)

static inline long kernel(long number, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "cc", "memory");
	return x0;
}

#else
#error "only x86-64 and aarch64 are served"
#endif

#endif
