/* A library that draws random bytes in its constructor, before main(), as libgcrypt of Fedora and RHEL does in FIPS mode. */
#define _GNU_SOURCE
#include <sys/random.h>

static __attribute__((noinline)) long draw(void)
{
	char bytes[31];
	return getrandom(bytes, sizeof(bytes), 0) + bytes[0];
}

volatile long drawn;

static __attribute__((constructor)) void load(void)
{
	drawn = draw() + 1;
}
