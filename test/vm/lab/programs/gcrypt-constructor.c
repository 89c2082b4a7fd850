/*
 * A library whose constructor brings up libgcrypt's random number generator in the first process, as libgcrypt's own
 * constructor does on RHEL and Fedora in FIPS mode. It is for LD_PRELOAD, which the kernel passes to its first program
 * from the kernel command line.
 */
#include <stddef.h>
#include <unistd.h>

extern const char *gcry_check_version(const char *required);
extern void gcry_create_nonce(void *buffer, size_t length);

static __attribute__((constructor)) void load(void)
{
	char nonce[8];
	if (getpid() == 1 && gcry_check_version(NULL) != NULL)
		gcry_create_nonce(nonce, sizeof(nonce));
}
