/*
 * Sleeps in read(2), below two functions that no table in memory names: they are static, and do not return at once, so
 * that each has a frame of its own.
 */
#include <unistd.h>

static __attribute__((noinline)) long innermost(char *into)
{
	long count = read(0, into, 4);

	__asm__ volatile("" : "+r"(count) : : "memory");
	return count + into[0];
}

static __attribute__((noinline)) long middle(void)
{
	char bytes[8] = {0};
	long sum = innermost(bytes);

	__asm__ volatile("" : "+r"(sum) : : "memory");
	return sum + bytes[1];
}

int main(void)
{
	return (int)(middle() & 1);
}
